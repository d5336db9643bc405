import { describe, expect, it } from '@jest/globals';
import { TOPICS } from '@fleethook/messages';
import { driftOf, wantedSettings } from './topic-drift.js';

const connection = (replicationFactor: number) => ({
  brokers: [],
  clientId: 'spec',
  prefix: '',
  replicationFactor,
  sessionTimeoutMs: 30_000,
});

describe('topic drift', () => {
  it.each([
    [1, '1'],
    [2, '1'],
    [3, '2'],
    [5, '4'],
  ])('wants of %d replicas all but one in sync, at least one', (replicas, wanted) => {
    expect(wantedSettings(TOPICS.events, connection(replicas))['min.insync.replicas']).toBe(wanted);
  });

  it('leaves retention alone where the latest values stay', () => {
    expect(wantedSettings(TOPICS.config, connection(1))).not.toHaveProperty(['retention.ms']);
    expect(wantedSettings(TOPICS.config, connection(1))['cleanup.policy']).toBe('compact');
  });

  it('is nothing for a topic as it was made', () => {
    const settings = wantedSettings(TOPICS.events, connection(3));
    expect(driftOf(TOPICS.events, connection(3), { partitions: 12, replicas: 3, settings })).toEqual([]);
  });

  it('names each difference', () => {
    const settings = {
      ...wantedSettings(TOPICS.events, connection(3)),
      'retention.ms': '1',
      'compression.type': 'gzip',
    };
    expect(driftOf(TOPICS.events, connection(3), { partitions: 6, replicas: 1, settings })).toEqual([
      { setting: 'partitions', wanted: '12', found: '6' },
      { setting: 'replicas', wanted: '3', found: '1' },
      { setting: 'retention.ms', wanted: String(7 * 86_400_000), found: '1' },
      { setting: 'compression.type', wanted: 'zstd', found: 'gzip' },
    ]);
  });
});
