import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AbortedTransactions } from './aborted-transactions.js';
import { FetchBudget } from './fetch-budget.js';
import { decodeBatches } from './record-batch-decoder.js';
import { storedBatch, type StoredBatch } from './testing/stored-batch.js';

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly markerOffset: number;
}

interface Log {
  readonly batches: readonly (StoredBatch & { readonly firstOffset: number })[];
  /** As a broker keeps it: in the order of the ends. */
  readonly aborted: readonly Aborted[];
  /** By their offset: what may be handed out. */
  readonly visible: ReadonlyMap<number, string>;
  readonly lastStableOffset: number;
}

const MARKER_KEY = { abort: '\0\0\0\0', commit: '\0\0\0\u0001' } as const;

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ producerId: fc.nat({ max: 3 }), records: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ records: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ producerId: fc.nat({ max: 3 }), end: fc.constantFrom('abort', 'commit') }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function logOf(steps: readonly Step[]): Log {
  const batches: (StoredBatch & { firstOffset: number })[] = [];
  const aborted: Aborted[] = [];
  const visible = new Map<number, string>();
  const open = new Map<number, { firstOffset: number; offsets: number[] }>();
  let next = 0;
  for (const each of steps) {
    const firstOffset = next;
    if ('end' in each) {
      const { producerId, end } = each;
      const transaction = open.get(producerId);
      if (transaction === undefined) continue;
      open.delete(producerId);
      if (end === 'commit') for (const offset of transaction.offsets) visible.set(offset, String(offset));
      else aborted.push({ producerId, firstOffset: transaction.firstOffset, markerOffset: firstOffset });
      batches.push({ firstOffset, values: [''], key: MARKER_KEY[end], isControl: true, producerId });
      next += 1;
      continue;
    }
    const offsets = Array.from({ length: each.records }, (_, at) => firstOffset + at);
    next += each.records;
    batches.push({
      firstOffset,
      values: offsets.map(String),
      ...('producerId' in each && { producerId: each.producerId }),
    });
    if ('producerId' in each) {
      const transaction = open.get(each.producerId) ?? { firstOffset, offsets: [] };
      transaction.offsets.push(...offsets);
      open.set(each.producerId, transaction);
    } else for (const offset of offsets) visible.set(offset, String(offset));
  }
  const lastStableOffset = Math.min(next, ...[...open.values()].map(({ firstOffset }) => firstOffset));
  return { batches, aborted, visible, lastStableOffset };
}

it('hands out what was committed and nothing that was aborted, wherever a fetch begins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.nat(), async (steps, from) => {
      const { batches, aborted, visible, lastStableOffset } = logOf(steps);
      const stable = batches.filter(({ firstOffset }) => firstOffset < lastStableOffset);
      fc.pre(stable.length > 0);
      const fetchOffset = from % lastStableOffset;
      const fetched = stable.filter(({ firstOffset, values }) => firstOffset + values.length > fetchOffset);
      const listed = aborted
        .filter(({ firstOffset, markerOffset }) => markerOffset >= fetchOffset && firstOffset < lastStableOffset)
        .map(({ producerId, firstOffset }) => ({ producerId: String(producerId), firstOffset: String(firstOffset) }));
      const read = await decodeBatches(
        Buffer.concat(fetched.map(storedBatch)),
        { fetchOffset, highWatermark: BigInt(lastStableOffset) },
        new AbortedTransactions(listed),
        new FetchBudget(),
      );
      const seen = read.filter(({ isControlRecord }) => !isControlRecord).map(({ value }) => String(value));
      const wanted = [...visible].filter(([offset]) => offset >= fetchOffset && offset < lastStableOffset);
      expect(seen).toEqual(wanted.toSorted(([one], [other]) => one - other).map(([, value]) => value));
      // And what is not seen is passed: the position goes on to the end.
      expect(read.at(-1)?.offset).toBe(String(lastStableOffset - 1));
    }),
    { numRuns: 2_000 },
  );
});
