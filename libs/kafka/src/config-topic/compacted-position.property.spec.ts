import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CompactedPositions } from './compacted-position.js';

describe('compacted positions', () => {
  it('count what is left until every end is reached', () => {
    const positions = new CompactedPositions();
    positions.begin([
      { partition: 0, low: 0, high: 10 },
      { partition: 1, low: 5, high: 5 },
    ]);
    expect(positions.remaining).toBe(10);
    positions.advance(0, 9);
    expect(positions.remaining).toBe(1);
    positions.advance(0, 12);
    expect(positions.remaining).toBe(0);
  });

  it('know a topic that was made anew by its end, and an old batch by its place', () => {
    const positions = new CompactedPositions();
    positions.begin([{ partition: 0, low: 0, high: 10 }]);
    positions.advance(0, 10);
    expect(positions.isRecreated([{ partition: 0, high: 10 }])).toBe(false);
    expect(positions.isRecreated([{ partition: 0, high: 9 }])).toBe(true);
    expect(positions.judge(0, 10, 12)).toBe('take');
    expect(positions.judge(0, 3, 12)).toBe('take');
    expect(positions.judge(0, 11, 12)).toBe('ahead');
    expect(positions.judge(0, 0, 4)).toBe('rewound');
  });

  it('apply each offset once and in order, however often and from wherever batches come again', () => {
    const fetches = fc.array(fc.record({ from: fc.nat({ max: 60 }), count: fc.integer({ min: 1, max: 20 }) }));
    fc.assert(
      fc.property(fetches, fc.uniqueArray(fc.nat({ max: 59 })), (batches, compacted) => {
        const end = 60;
        const positions = new CompactedPositions();
        positions.begin([{ partition: 0, low: 0, high: end }]);
        const applied: number[] = [];
        const fetch = (from: number, count: number): void => {
          if (positions.judge(0, from, end) !== 'take') return;
          const last = Math.min(from + count, end);
          for (let offset = from; offset < last; offset += 1) {
            if (!compacted.includes(offset) && positions.isNew(0, offset)) applied.push(offset);
          }
          positions.advance(0, last);
        };
        for (const { from, count } of batches) fetch(from, count);
        while (positions.remaining > 0) fetch(positions.nextOf(0), 7);
        expect(applied).toEqual(
          Array.from({ length: end }, (_, i) => i).filter((offset) => !compacted.includes(offset)),
        );
      }),
    );
  });
});
