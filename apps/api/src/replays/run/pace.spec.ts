import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Pace } from './pace.js';

describe('a pace', () => {
  it('begins at once and goes on evenly', () => {
    const pace = new Pace(100);
    expect([1_000, 1_000, 1_000].map((nowMs) => pace.take(nowMs))).toEqual([0, 10, 20]);
    expect(pace.take(1_030)).toBe(0);
  });

  it('catches up on a quarter of a second, and no more', () => {
    const pace = new Pace(100);
    pace.take(0);
    let atOnce = 0;
    while (pace.take(60_000) <= 0) atOnce += 1;
    expect(atOnce).toBe(26);
  });

  it('is never faster than asked, whenever it is asked and however the caller waits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.nat({ max: 2_000 }), { minLength: 1, maxLength: 200 }),
        (perSecond, delaysMs) => {
          const pace = new Pace(perSecond);
          let nowMs = 0;
          let turns = 0;
          for (const delayMs of delaysMs) {
            nowMs += delayMs;
            nowMs += Math.max(0, pace.take(nowMs));
            turns += 1;
            expect(turns).toBeLessThanOrEqual(2 + ((nowMs - (delaysMs[0] ?? 0) + 250) / 1_000) * perSecond);
          }
        },
      ),
    );
  });
});
