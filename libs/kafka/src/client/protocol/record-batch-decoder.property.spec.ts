import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { recordOf } from '../../reader-group/encoded-record.js';
import { AbortedTransactions } from './aborted-transactions.js';
import { FetchBudget } from './fetch-budget.js';
import { decodeBatches } from './record-batch-decoder.js';
import { storedBatch } from './testing/stored-batch.js';

const value = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
const byte = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });

describe('a damaged batch', () => {
  it('never throws: each of its offsets is passed once, with a record or what stands for one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
        fc.array(byte, { minLength: 1, maxLength: 4 }),
        fc.nat({ max: 10_000 }),
        async (values, codec, bytes, firstOffset) => {
          const damage = (records: Buffer): Buffer => {
            for (const one of bytes) records[one.at % records.length] = one.value;
            return records;
          };
          const stored = storedBatch({ values, codec, firstOffset, damage });
          const range = { fetchOffset: firstOffset, highWatermark: BigInt(firstOffset + values.length) };
          const read = await decodeBatches(stored, range, new AbortedTransactions([]), new FetchBudget());
          const all = values.map((_, index) => firstOffset + index);
          const offsets = read.map(({ offset }) => Number(offset));
          expect(offsets).toEqual(all);
          // What a consumer reads of each does not throw either.
          for (const record of read) recordOf(record);
        },
      ),
      { numRuns: 1_000 },
    );
  }, 30_000);
});
