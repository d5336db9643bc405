import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { oldestAge } from './oldest-unread.js';

const WEEK_MS = 7 * 86_400_000;

describe('oldestAge', () => {
  it('is a little less than the age, never more, in a bounded number of questions', async () => {
    const cases = fc.record({
      minMs: fc.integer({ min: 1, max: 60_000 }),
      ageMs: fc.integer({ min: 0, max: WEEK_MS }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ minMs, ageMs }) => {
        let questions = 0;
        const found = await oldestAge(
          (atMs) => {
            questions++;
            return Promise.resolve(ageMs > atMs);
          },
          { minMs, maxMs: WEEK_MS },
        );
        expect(questions).toBeLessThanOrEqual(14);
        const wanted = ageMs <= minMs ? 0 : ageMs;
        expect(found).toBeLessThanOrEqual(wanted);
        expect(wanted - found).toBeLessThanOrEqual(Math.max(100, wanted * 0.02) + 1);
      }),
    );
  });

  it('passes on that it could not be asked', async () => {
    await expect(oldestAge(() => Promise.reject(new Error('away')), { minMs: 1, maxMs: 10 })).rejects.toThrow('away');
  });
});
