import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { arrange, bucketsOf } from './time-buckets.js';

const window = fc.constantFrom('24h' as const, '7d' as const, '30d' as const);
const nowMs = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2200, 0) });

const sum = (all: readonly { events: number }[]): number => all.reduce((total, { events }) => total + events, 0);

describe('time buckets', () => {
  it('end with the one that is being filled, and begin on whole multiples', () => {
    fc.assert(
      fc.property(window, nowMs, (of, now) => {
        const { from, bucketMs, count } = bucketsOf(of, now);
        const end = from.getTime() + bucketMs * count;
        expect(from.getTime() % bucketMs).toBe(0);
        expect(end - bucketMs).toBeLessThanOrEqual(now);
        expect(end).toBeGreaterThan(now);
        expect(bucketMs * count).toBe(Number.parseInt(of, 10) * (of.endsWith('h') ? 3_600_000 : 86_400_000));
      }),
    );
  });

  it('lose nothing and invent nothing', () => {
    const counted = fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        bucket: fc.nat({ max: 23 }),
        events: fc.integer({ min: 1, max: 9 }),
      }),
      { selector: ({ key, bucket }) => `${key}${bucket}` },
    );
    fc.assert(
      fc.property(nowMs, counted, (now, counts) => {
        const range = bucketsOf('24h', now);
        const placed = counts.map(({ key, bucket, events }) => ({
          key,
          events,
          at: new Date(range.from.getTime() + bucket * range.bucketMs),
        }));
        const { totals, buckets } = arrange(range, placed, {
          view: ({ key, events }) => ({ key, events }),
          add: (one, other) => ({ key: one.key, events: one.events + other.events }),
          weigh: ({ events }) => events,
        });
        expect(buckets).toHaveLength(24);
        for (const { key, bucket, events } of counts) expect(buckets[bucket]?.counts).toContainEqual({ key, events });
        expect(buckets.flatMap((bucket) => bucket.counts)).toHaveLength(counts.length);
        expect(sum(totals)).toBe(sum(counts));
        expect(totals.map(({ events }) => events)).toEqual(
          totals.map(({ events }) => events).toSorted((one, other) => other - one),
        );
      }),
    );
  });
});
