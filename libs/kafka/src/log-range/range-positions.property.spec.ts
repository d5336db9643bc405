import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { RangePositions } from './range-positions.js';

describe('the positions of a range reader', () => {
  it('say what is left, partition by partition', () => {
    const positions = new RangePositions([
      { partition: 0, next: 3, end: 10 },
      { partition: 1, next: 5, end: 5 },
    ]);
    expect(positions.remaining).toBe(7);
    expect([positions.nextOf(0), positions.nextOf(1), positions.nextOf(2)]).toEqual([3, undefined, undefined]);
    expect(positions.judge(1, 5)).toBe('done');
    expect(positions.judge(0, 4)).toBe('ahead');
    expect(positions.judge(0, 0)).toBe('take');
    expect(positions.advance(0, 99)).toBe(10);
    expect(positions.isDone).toBe(true);
  });

  it('pass over what the log has no more, and count it', () => {
    const positions = new RangePositions([
      { partition: 0, next: 0, end: 10 },
      { partition: 1, next: 0, end: 10 },
      { partition: 2, next: 0, end: 10 },
      { partition: 3, next: 4, end: 10 },
    ]);
    const lost = positions.fit([
      { partition: 0, low: 4, high: 20 },
      { partition: 1, low: 30, high: 40 },
      // Made anew, and shorter.
      { partition: 2, low: 0, high: 7 },
      { partition: 3, low: 0, high: 10 },
    ]);
    expect(lost).toEqual([
      { partition: 0, next: 4, expired: 4 },
      { partition: 1, next: 10, expired: 10 },
      { partition: 2, next: 0, expired: 3 },
    ]);
    expect([0, 1, 2, 3].map((partition) => positions.nextOf(partition))).toEqual([4, undefined, 0, 4]);
    expect(positions.remaining).toBe(6 + 0 + 7 + 6);
  });

  it('hand over each offset of the range once and in order, wherever batches begin and however often they come', () => {
    const fetches = fc.array(fc.record({ from: fc.nat({ max: 70 }), count: fc.integer({ min: 1, max: 25 }) }));
    fc.assert(
      fc.property(fetches, fc.nat({ max: 30 }), fc.integer({ min: 31, max: 60 }), (batches, next, end) => {
        const positions = new RangePositions([{ partition: 0, next, end }]);
        const handed: number[] = [];
        const fetch = (from: number, count: number): void => {
          if (positions.judge(0, from) !== 'take') return;
          const last = from + count;
          for (let offset = from; offset < last; offset += 1) if (positions.isWithin(0, offset)) handed.push(offset);
          positions.advance(0, last);
        };
        for (const { from, count } of batches) fetch(from, count);
        while (!positions.isDone) fetch(positions.nextOf(0) ?? end, 7);
        expect(handed).toEqual(Array.from({ length: end - next }, (_, index) => next + index));
      }),
    );
  });
});
