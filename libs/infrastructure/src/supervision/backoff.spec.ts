import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Backoff } from './backoff.js';

describe('Backoff', () => {
  it('doubles from half a second to thirty', () => {
    const backoff = new Backoff();
    const delays = Array.from({ length: 9 }, () => backoff.delayAfterMs(10));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('begins anew after a healthy minute', () => {
    const backoff = new Backoff();
    for (let ends = 0; ends < 5; ends++) backoff.delayAfterMs(10);
    expect(backoff.delayAfterMs(59_999)).toBe(16_000);
    expect(backoff.delayAfterMs(60_000)).toBe(500);
    expect(backoff.delayAfterMs(10)).toBe(1_000);
  });

  it('stays within its bounds, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 200_000 })), (runsMs) => {
        const backoff = new Backoff();
        for (const ranForMs of runsMs) {
          const delay = backoff.delayAfterMs(ranForMs);
          expect(delay).toBeGreaterThanOrEqual(500);
          expect(delay).toBeLessThanOrEqual(30_000);
        }
      }),
    );
  });
});
