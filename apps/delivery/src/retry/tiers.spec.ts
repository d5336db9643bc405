import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SCHEDULE } from '@fleethook/retry';
import { Tiers } from './tiers.js';

describe('tiers', () => {
  it('are one topic per delay of the schedule', () => {
    const tiers = new Tiers(DEFAULT_SCHEDULE);
    expect(tiers.all.map(({ label }) => label)).toEqual([
      '5s',
      '30s',
      '2m',
      '10m',
      '30m',
      '1h',
      '2h',
      '4h',
      '8h',
      '12h',
    ]);
    expect(tiers.ofTopic('webhook.retry.30s')).toBe(tiers.withDelay(30_000));
  });

  it('of an earlier schedule are still read, and nothing goes there', () => {
    const tiers = new Tiers(DEFAULT_SCHEDULE);
    const topics = [
      'webhook.retry.45s',
      'webhook.retry.5s',
      'webhook.retry.90s',
      'webhook.retry.60s',
      'webhook.retry.x',
      'other',
    ];
    // 60 s is written 1m: that topic is not ours.
    expect(tiers.adopt(topics).map(({ delayMs }) => delayMs)).toEqual([45_000, 90_000]);
    expect(tiers.ofTopic('webhook.retry.45s')?.delayMs).toBe(45_000);
    expect(tiers.scheduled).toHaveLength(10);
    expect(tiers.all).toHaveLength(12);
    expect(tiers.adopt(topics)).toEqual([]);
  });
});
