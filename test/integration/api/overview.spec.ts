import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, timestampOf, type Prn } from '@fleethook/events';
import type { AttemptMessage, EventMessage } from '@fleethook/messages';
import { RecentCounts } from '@fleethook/store';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
import { WebhookClient } from './webhook-client.js';
import { recordHistory } from './recorded-history.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Overview {
  period: string;
  bucket_seconds: number;
  generated_at: string;
  totals: Record<string, number | null>;
  buckets: { start: string; events: number; succeeded: number; failed: number }[];
  webhooks: Record<string, number>;
}

let client: WebhookClient;
let organization: Prn<'organization'>;

beforeAll(async () => {
  client = await WebhookClient.create();
  organization = await client.world.organization();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

async function overview(query = '', key = client.world.key): Promise<Overview> {
  const reply = await client.call('GET', `/overview${query}`, { key });
  expect(reply).toMatchObject({ status: 200 });
  return (reply.json as { data: Overview }).data;
}

const record = (events: EventMessage[], attempts: AttemptMessage[]): Promise<void> =>
  recordHistory(client.world, { events, attempts });

const event = (agoMs: number): EventMessage => eventMessage({ organization, acceptedAtMs: Date.now() - agoMs });
const delivered = (agoMs: number): AttemptMessage => attempt(agoMs, attemptMessage);
const failed = (agoMs: number): AttemptMessage => attempt(agoMs, failedAttempt);
function attempt(agoMs: number, make: typeof attemptMessage): AttemptMessage {
  const atMs = Date.now() - agoMs;
  const [of, webhook] = [newPrn(organization, 'event'), newPrn(organization, 'webhook')];
  return make({ event: of, webhook, acceptedAtMs: atMs, startedAtMs: atMs });
}

describe('the overview of an organization without anything', () => {
  it.each([
    ['', '24h', 24, 3_600],
    ['?period=', '24h', 24, 3_600],
    ['?period=1h', '1h', 12, 300],
    ['?period=24h', '24h', 24, 3_600],
    ['?period=7d', '7d', 28, 21_600],
    ['?period=30d', '30d', 30, 86_400],
  ])('%s has every bucket, and nothing in any', async (query, period, count, seconds) => {
    const found = await overview(query, await client.world.foreignKey());
    expect(found).toMatchObject({
      period,
      bucket_seconds: seconds,
      totals: { events: 0, deliveries: 0, succeeded: 0, failed: 0, dead: 0, success_ratio: null },
      webhooks: { enabled: 0, disabled: 0, failing: 0 },
    });
    expect(found.buckets).toHaveLength(count);
    const starts = found.buckets.map(({ start }) => Date.parse(start));
    for (const [index, start] of starts.entries()) expect(start).toBe((starts[0] ?? 0) + index * seconds * 1_000);
    const endMs = (starts.at(-1) ?? 0) + seconds * 1_000;
    expect(Date.parse(found.generated_at)).toBeLessThan(endMs);
    expect(endMs - Date.parse(found.generated_at)).toBeLessThanOrEqual(seconds * 1_000);
  });

  it.each([
    ['?period=1y', ['period']],
    ['?period=1h&period=7d', ['period']],
    ['?since=now', ['since']],
  ])('refuses %s', async (query, fields) => {
    const reply = await client.call('GET', `/overview${query}`);
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors)).toEqual(fields);
  });
});

describe('the overview', () => {
  beforeAll(async () => {
    const accepted = [0, 0, 20, 90, 60 * 30, 60 * 24 * 10].map((minutes) => event(minutes * MINUTE_MS));
    // What stands for attempts came from nobody.
    const records = ['webhook.request_failed', 'webhook.test_fire'].map((name) =>
      eventMessage({ organization, name, payload: {} }),
    );
    const events = [...accepted, ...records];
    const dead = {
      ...failed(40 * MINUTE_MS),
      next: { kind: 'dead', reason: 'gone' } as const,
      outcome: 'gone',
    };
    const attempts = [
      ...[0, 0, 20, 90, 60 * 30].map((minutes) => delivered(minutes * MINUTE_MS)),
      ...[0, 21].map((minutes) => failed(minutes * MINUTE_MS)),
      dead,
    ];
    await record(events, attempts);
    // What was written before changes nothing.
    await record(events, attempts);
  });

  it.each([
    ['1h', { events: 3, succeeded: 3, failed: 3, dead: 1, deliveries: 6, success_ratio: 0.5 }],
    ['24h', { events: 4, succeeded: 4, failed: 3, dead: 1, deliveries: 7 }],
    ['7d', { events: 5, succeeded: 5, failed: 3, dead: 1, deliveries: 8 }],
    ['30d', { events: 6, succeeded: 5, failed: 3, dead: 1, deliveries: 8, success_ratio: 0.625 }],
  ])('counts in %s what there was', async (period, totals) => {
    const found = await overview(`?period=${period}`);
    expect(found.totals).toMatchObject(totals);
    for (const what of ['events', 'succeeded', 'failed'] as const)
      expect(found.buckets.reduce((sum, bucket) => sum + bucket[what], 0)).toBe(totals[what]);
  });

  it('has each in the bucket in which it was', async () => {
    const at = Date.now() - 3 * DAY_MS;
    await record([event(3 * DAY_MS)], []);
    const { buckets } = await overview('?period=7d');
    const start = timestampOf(Math.floor(at / (6 * HOUR_MS)) * 6 * HOUR_MS);
    expect(buckets.find((bucket) => bucket.start === start)).toMatchObject({ events: 1, succeeded: 0, failed: 0 });
  });

  it('counts webhooks by state, and those whose endpoint fails', async () => {
    const before = (await overview()).webhooks;
    const [failing, disabled] = [await client.created(), await client.created()];
    await client.created();
    await client.call('PATCH', `/webhooks/${disabled.prn}`, { body: { state: 'disabled' } });
    const webhook = failing.prn as Prn<'webhook'>;
    const startedAtMs = Date.now() + 1_000;
    await record([], [failedAttempt({ webhook, event: newPrn(organization, 'event'), startedAtMs })]);
    const shown = await client.call('GET', `/webhooks/${failing.prn}`);
    expect(shown.json).toMatchObject({ webhook: { failing_since: expect.any(String) } });
    expect((await overview()).webhooks).toEqual({
      enabled: (before['enabled'] ?? 0) + 2,
      disabled: (before['disabled'] ?? 0) + 1,
      failing: (before['failing'] ?? 0) + 1,
    });
    await record([], [attemptMessage({ webhook, event: newPrn(organization, 'event'), startedAtMs: startedAtMs + 1 })]);
    expect((await overview()).webhooks).toMatchObject({ failing: before['failing'] ?? 0 });
  });

  it('is of the own organization alone', async () => {
    const found = await overview('?period=30d', await client.world.foreignKey());
    expect(found.totals).toMatchObject({ events: 0, deliveries: 0, succeeded: 0, failed: 0 });
    expect(found.webhooks).toEqual({ enabled: 0, disabled: 0, failing: 0 });
  });

  it('keeps steps of seconds for hours, and no longer', async () => {
    const { database } = client.world;
    const rows = () =>
      database.query('SELECT 1 FROM recent_event_counts UNION ALL SELECT 1 FROM recent_attempt_counts');
    const counts = new RecentCounts(client.world.store);
    const before = (await rows()).length;
    expect(before).toBeGreaterThan(3);
    await database.query(`UPDATE recent_event_counts SET bucket = bucket - interval '4 hours'`);
    await database.query(`UPDATE recent_attempt_counts SET bucket = bucket - interval '4 hours'`);
    expect(await counts.prune()).toBe(before);
    expect(await rows()).toEqual([]);
  });
});
