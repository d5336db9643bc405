import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { TokenBuckets } from './token-buckets.js';

const LIMIT = 10;
const TTL_MS = 2_000;

describe('TokenBuckets', () => {
  it('admits no more than the bucket and its refill in any stretch of time, and refuses nobody who keeps below', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 80 }), async (pauses) => {
        let nowMs = 1_000_000;
        const buckets = new TokenBuckets(10, () => nowMs);
        const admitted: number[] = [];
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          const { isBlocked } = await buckets.increment('a', TTL_MS, LIMIT);
          if (!isBlocked) admitted.push(nowMs);
        }
        // At no more than the refill's pace nobody is ever refused.
        const isPatient = pauses.every((pause) => pause >= TTL_MS / LIMIT);
        expect(admitted.length).toBeGreaterThanOrEqual(isPatient ? pauses.length : 1);
        admitted.forEach((startMs, from) => {
          admitted.slice(from).forEach((endMs, count) => {
            expect(count + 1).toBeLessThanOrEqual(LIMIT + ((endMs - startMs) * LIMIT) / TTL_MS + 1e-6);
          });
        });
      }),
    );
  });

  it('says when to come back, and admits whoever does', async () => {
    let nowMs = 0;
    const buckets = new TokenBuckets(10, () => nowMs);
    for (let sent = 1; sent <= LIMIT; sent++)
      expect(await buckets.increment('a', TTL_MS, LIMIT)).toMatchObject({ isBlocked: false, totalHits: sent });
    const refused = await buckets.increment('a', TTL_MS, LIMIT);
    expect(refused).toEqual({ isBlocked: true, totalHits: LIMIT + 1, timeToExpire: 2, timeToBlockExpire: 1 });
    expect((await buckets.increment('b', TTL_MS, LIMIT)).isBlocked).toBe(false);
    nowMs += refused.timeToBlockExpire * 1_000;
    expect((await buckets.increment('a', TTL_MS, LIMIT)).isBlocked).toBe(false);
  });

  it('remembers so many callers and no more, and none is punished for a clock that was set back', async () => {
    let nowMs = 50_000;
    const buckets = new TokenBuckets(100, () => nowMs);
    for (let caller = 0; caller < 1_000; caller++) await buckets.increment(String(caller), TTL_MS, LIMIT);
    expect(buckets.size).toBe(100);
    nowMs = 0;
    expect((await buckets.increment('999', TTL_MS, LIMIT)).isBlocked).toBe(false);
  });
});
