import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { framedBytes, measureRecord } from './record-size.js';
import { halve, SendWindow, type QueuedRecord } from './send-window.js';

const limits = { maxBatchBytes: 400, maxBatchRecords: 4, maxCallBytes: 900 };

function recordOf(key: string, bytes: number): QueuedRecord {
  const value = Buffer.alloc(bytes);
  return { key, value, headers: {}, size: measureRecord(key, value, {}), onDone: () => {} };
}

type Step = { readonly kind: 'add'; readonly partition: number; readonly bytes: number } | { readonly kind: 'take' };

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), partition: fc.nat({ max: 3 }), bytes: fc.nat({ max: 500 }) }),
  fc.constant({ kind: 'take' as const }),
);

/** A sealed batch that is left behind for its size, and a small one of the same partition that would still fit. */
const OVERTAKING: Step[] = [
  { kind: 'add', partition: 0, bytes: 464 },
  { kind: 'add', partition: 2, bytes: 405 },
  { kind: 'add', partition: 2, bytes: 0 },
];

describe('send window', () => {
  it('gives out every record once, in order per partition, within its limits', () => {
    fc.assert(
      fc.property(fc.array<Step>(step, { maxLength: 200 }), (steps) => {
        const window = new SendWindow(limits);
        const added: string[][] = [[], [], [], []];
        const given: string[][] = [[], [], [], []];
        let count = 0;
        const take = (): number => {
          const batches = window.take();
          const names = batches.map(({ topic, partition }) => `${topic}/${partition}`);
          expect(new Set(names).size).toBe(names.length);
          const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
          expect(batches.length < 2 || bytes <= limits.maxCallBytes).toBe(true);
          for (const batch of batches) {
            expect(batch.records.length).toBeLessThanOrEqual(limits.maxBatchRecords);
            expect(batch.records.length < 2 || batch.bytes <= limits.maxBatchBytes).toBe(true);
            expect(batch.bytes).toBe(batch.records.reduce((sum, { size }) => sum + framedBytes(size), 0));
            given[batch.partition]?.push(...batch.records.map(({ key }) => key));
          }
          return batches.length;
        };
        for (const one of steps) {
          if (one.kind === 'take') {
            take();
            continue;
          }
          const key = `k${(count += 1)}`;
          added[one.partition]?.push(key);
          window.add('t', one.partition, recordOf(key, one.bytes), 0);
        }
        while (take() > 0);
        expect(window.isEmpty).toBe(true);
        expect(given).toEqual(added);
      }),
      { numRuns: 500, examples: [[OVERTAKING]] },
    );
  });

  it('takes out what has waited too long, open or sealed', () => {
    const window = new SendWindow(limits);
    for (let i = 0; i < 5; i += 1) window.add('t', 0, recordOf(`old${i}`, 10), 100);
    window.add('t', 1, recordOf('young', 10), 300);
    const old = window.takeOlderThan(200).flatMap(({ records }) => records.map(({ key }) => key));
    expect(old).toEqual(['old0', 'old1', 'old2', 'old3', 'old4']);
    expect(window.take().flatMap(({ records }) => records.map(({ key }) => key))).toEqual(['young']);
  });

  it('halves a batch without losing a byte', () => {
    const window = new SendWindow(limits);
    for (const key of ['a', 'b', 'c']) window.add('t', 0, recordOf(key, 20), 0);
    const [batch] = window.take();
    if (batch === undefined) throw new Error('nothing taken');
    const halves = halve(batch);
    expect(halves.map(({ records }) => records.map(({ key }) => key))).toEqual([['a'], ['b', 'c']]);
    expect(halves[0].bytes + halves[1].bytes).toBe(batch.bytes);
  });
});
