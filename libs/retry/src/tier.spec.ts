import { describe, expect, it } from '@jest/globals';
import { jitterMs, maxJitterMs } from './jitter.js';
import { DEFAULT_SCHEDULE } from './schedule.js';
import { deferralTier, fittingTier } from './tier.js';
import { dueAt, nextHop } from './waiting.js';

describe('tiers', () => {
  it('fit when they are over before the wait is', () => {
    expect(fittingTier(DEFAULT_SCHEDULE, 4_999)).toBeUndefined();
    expect(fittingTier(DEFAULT_SCHEDULE, 5_000)).toBe(5_000);
    expect(fittingTier(DEFAULT_SCHEDULE, 119_999)).toBe(30_000);
    expect(fittingTier(DEFAULT_SCHEDULE, 1e12)).toBe(43_200_000);
  });

  it('take a deferred record for at least the expected wait', () => {
    expect(deferralTier(DEFAULT_SCHEDULE, 0)).toBe(5_000);
    expect(deferralTier(DEFAULT_SCHEDULE, 5_000)).toBe(5_000);
    expect(deferralTier(DEFAULT_SCHEDULE, 5_001)).toBe(30_000);
    expect(deferralTier(DEFAULT_SCHEDULE, 1e12)).toBe(43_200_000);
  });
});

describe('a waiting record', () => {
  const record = { appendedAtMs: 1_000_000, tierMs: 30_000, jitterMs: 1_500, notBeforeMs: undefined };

  it('is due when its tier and its jitter are over', () => {
    expect(dueAt(DEFAULT_SCHEDULE, record, 1_000_000)).toBe(1_031_500);
    expect(nextHop(DEFAULT_SCHEDULE, undefined, 1_031_500)).toBeUndefined();
  });

  it('waits in place for less than the shortest tier, and hops for more', () => {
    const nearly = { ...record, notBeforeMs: 1_036_000 };
    expect(dueAt(DEFAULT_SCHEDULE, nearly, 1_000_000)).toBe(1_036_000);
    const far = { ...record, notBeforeMs: 1_060_000 };
    expect(dueAt(DEFAULT_SCHEDULE, far, 1_000_000)).toBe(1_031_500);
    expect(nextHop(DEFAULT_SCHEDULE, far.notBeforeMs, 1_031_500)).toBe(5_000);
  });

  it('is not held back by a clock that runs ahead', () => {
    expect(dueAt(DEFAULT_SCHEDULE, { ...record, appendedAtMs: 9_000_000 }, 1_000_000)).toBe(
      1_000_000 + 30_000 + 3_000 + 5_000,
    );
  });
});

describe('jitter', () => {
  it('is upwards only, at most a tenth', () => {
    expect(jitterMs(30_000, () => 0)).toBe(0);
    expect(jitterMs(30_000, () => 0.999_999)).toBe(2_999);
    expect(maxJitterMs(30_000)).toBe(3_000);
  });
});
