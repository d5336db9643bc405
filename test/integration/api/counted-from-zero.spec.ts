import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiWorld } from './api-world.js';

/** What nothing has happened to yet; each has alerts or panels that are to see its first time as an increase. */
const SERIES = [
  ...['key', 'address'].map((by) => `fleethook_api_rate_limited_total{by="${by}"}`),
  ...['first', 'replayed', 'under_way', 'other_request', 'too_many'].map(
    (result) => `fleethook_api_idempotency_total{result="${result}"}`,
  ),
  ...['audit_log', 'idempotency_keys', 'console_sessions', 'replays'].map(
    (table) => `fleethook_api_pruned_rows_total{table="${table}"}`,
  ),
  'fleethook_api_streams',
  ...['completed', 'paused', 'failed'].map((state) => `fleethook_replays_ended_total{state="${state}"}`),
  ...['sent', 'gone'].map((result) => `fleethook_resends_total{result="${result}"}`),
  'fleethook_kafka_request_timeouts_total',
  'fleethook_kafka_producer_missing_partitions_total',
  'fleethook_kafka_producer_splits_total',
  ...['webhook.config', 'webhook.deliveries', 'fleet.events'].map(
    (topic) => `fleethook_kafka_producer_failures_total{topic="${topic}"}`,
  ),
];

describe('the metrics of an Admin API that has just started', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.create();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('show 0 for what has not happened yet', async () => {
    const { text } = await world.call('GET', '/metrics', { key: undefined });
    const lines = new Set(text.split('\n'));
    expect(SERIES.filter((series) => !lines.has(`${series} 0`))).toEqual([]);
  });
});
