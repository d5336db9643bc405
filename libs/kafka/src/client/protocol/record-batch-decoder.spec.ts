import { describe, expect, it } from '@jest/globals';
import { headerText, UNREADABLE_HEADER } from '@fleethook/messages';
import { recordOf } from '../../reader-group/encoded-record.js';
import { AbortedTransactions } from './aborted-transactions.js';
import type { DecodedRecord } from './decoded-record.js';
import { FetchBudget, MAX_UNPACKED_BYTES } from './fetch-budget.js';
import { decodeBatches } from './record-batch-decoder.js';
import { storedBatch, type StoredBatch } from './testing/stored-batch.js';

const MIB = 1_048_576;
const BOMB = Buffer.alloc(MAX_UNPACKED_BYTES, ' ');
const HIGH_WATERMARK = 1_000_000_000n;

function decode(batches: readonly StoredBatch[], fetchOffset = 0, highWatermark = HIGH_WATERMARK) {
  const range = { fetchOffset, highWatermark };
  return decodeBatches(Buffer.concat(batches.map(storedBatch)), range, new AbortedTransactions([]), new FetchBudget());
}

/** Offset and value, or why there is none. */
function shown(record: DecodedRecord): string {
  const { key, value, headers } = recordOf(record);
  const reason = headerText(headers, UNREADABLE_HEADER);
  // A whole bomb would be compared, and shown, for minutes.
  if (reason === undefined) return `${record.offset} ${value?.subarray(0, 20).toString()}`;
  expect([key, value]).toEqual([null, null]);
  return `${record.offset}: ${reason}`;
}

/** Of the three below, changed, when nobody can read them. */
async function tornOffsets(
  changes: Partial<StoredBatch>,
  fetchOffset = 0,
  highWatermark = HIGH_WATERMARK,
): Promise<number[]> {
  const torn = { ...three, damage: () => Buffer.from([0xff]), ...changes };
  return (await decode([torn], fetchOffset, highWatermark)).map(({ offset }) => Number(offset));
}

const three = { values: ['a', 'b', 'c'], firstOffset: 10 };
const inThree = (reason: string): string[] => [10, 11, 12].map((offset) => `${offset}: ${reason}`);
const MALFORMED = 'the records of its batch cannot be told apart';

describe('a batch that cannot be read', () => {
  it.each(['zstd', 'gzip'] as const)(
    'is left out when it unpacks to too much with %s, and nothing else is',
    async (codec) => {
      const bomb = { values: ['x', BOMB], firstOffset: 1, codec };
      const read = await decode([{ values: ['before'] }, bomb]);
      expect(read.map(shown)).toEqual([
        '0 before',
        ...[1, 2].map((at) => `${at}: its batch unpacks to more than 64 MiB`),
      ]);
      // It has cost as much as a whole answer may.
      const behind = { values: ['behind'], firstOffset: 3 };
      expect((await decode([bomb, behind])).at(-1)?.offset).toBe('2');
      expect((await decode([behind], 3)).map(shown)).toEqual(['3 behind']);
    },
  );

  it('is none as long as it is within the bound', async () => {
    const [record] = await decode([{ values: [BOMB.subarray(MIB)], codec: 'zstd' }]);
    expect(record?.value?.length).toBe(MAX_UNPACKED_BYTES - MIB);
  });

  it.each<[string, StoredBatch, string]>([
    [
      'has a codec that we lack',
      { ...three, codec: 'snappy' },
      'its batch is compressed with snappy, and not with gzip or zstd',
    ],
    ['has another', { ...three, codec: 'lz4' }, 'its batch is compressed with lz4, and not with gzip or zstd'],
    [
      'has one that nobody knows',
      { ...three, codec: 'unknown' },
      'its batch is compressed with an unknown codec, and not with gzip or zstd',
    ],
    [
      'is no zstd',
      { ...three, codec: 'zstd', damage: () => Buffer.from('no frame at all') },
      'its batch cannot be unpacked',
    ],
    [
      'is no gzip',
      { ...three, codec: 'gzip', damage: () => Buffer.from('no member at all') },
      'its batch cannot be unpacked',
    ],
    ['is cut off', { ...three, codec: 'zstd', damage: (all) => all.subarray(0, -3) }, 'its batch cannot be unpacked'],
    ['has nothing in it', { ...three, damage: () => Buffer.alloc(0) }, MALFORMED],
    ['ends within a record', { ...three, codec: 'gzip', values: ['a', 'b'], count: 3, lastOffsetDelta: 2 }, MALFORMED],
    [
      'has more records than it says',
      { ...three, values: ['a', 'b', 'c', 'd'], count: 3, lastOffsetDelta: 2 },
      MALFORMED,
    ],
    ['has records beyond its end', { ...three, lastOffsetDelta: 1, count: 3 }, MALFORMED],
  ])('is left out, all of it, when it %s', async (_what, batch, reason) => {
    const read = await decode([batch, { values: ['behind'], firstOffset: 13 }]);
    const expected = batch.lastOffsetDelta === 1 ? inThree(reason).slice(0, 2) : inThree(reason);
    expect(read.map(shown).slice(0, expected.length)).toEqual(expected);
    expect((await decode([{ values: ['behind'], firstOffset: 13 }], 13)).map(shown)).toEqual(['13 behind']);
  });

  it('stands for no more records than it says, nor for more offsets than there are', async () => {
    // Compacted: two are left of a hundred, and the offsets go on behind the last.
    expect(await tornOffsets({ count: 2, lastOffsetDelta: 99 })).toEqual([108, 109]);
    expect(await tornOffsets({ count: 2_000_000_000 })).toEqual([10, 11, 12]);
    expect(await tornOffsets({ lastOffsetDelta: 2_000_000_000 }, 0, 15n)).toEqual([12, 13, 14]);
    expect(await tornOffsets({ lastOffsetDelta: -7 })).toEqual([10]);
    expect(await tornOffsets({}, 0, -1n)).toEqual([10]);
    expect(await tornOffsets({ count: 2_000_000_000, lastOffsetDelta: 2_000_000_000 }, 50)).toHaveLength(100_000);
    // Fetched again from the middle.
    expect(await tornOffsets({}, 11)).toEqual([11, 12]);
  });

  it('is still one that the client hides when it is a control batch', async () => {
    const read = await decode([{ ...three, isControl: true, damage: () => Buffer.from([1]) }]);
    expect(read.map(({ isControlRecord }) => isControlRecord)).toEqual([true, true, true]);
  });
});

describe('an answer to a fetch', () => {
  it('is read until it has unpacked to as much as it may, and the rest is fetched again', async () => {
    const batches = [0, 1, 2].map((firstOffset) => ({
      values: [BOMB.subarray(0, 40 * MIB)],
      firstOffset,
      codec: 'zstd' as const,
    }));
    expect((await decode(batches)).map(({ offset }) => offset)).toEqual(['0', '1']);
    expect((await decode(batches.slice(2), 2)).map(({ offset }) => offset)).toEqual(['2']);
  });

  it('has so many records at most, and goes on within a batch', async () => {
    const batch = { values: Array.from({ length: 230_000 }, () => null), codec: 'zstd' } as const;
    const stored = storedBatch(batch);
    const seen: number[] = [];
    for (let next = 0; next < 230_000; next = (seen.at(-1) ?? 0) + 1) {
      const range = { fetchOffset: next, highWatermark: HIGH_WATERMARK };
      const read = await decodeBatches(stored, range, new AbortedTransactions([]), new FetchBudget());
      expect(read.length).toBeLessThanOrEqual(100_000);
      seen.push(...read.map(({ offset }) => Number(offset)));
    }
    expect(seen).toEqual(batch.values.map((_, offset) => offset));
  });

  it('begins with what was asked for; of a batch whose end is gone the client sees the last that is left', async () => {
    expect((await decode([three], 11)).map(shown)).toEqual(['11 b', '12 c']);
    expect((await decode([{ ...three, lastOffsetDelta: 9 }], 15)).map(shown)).toEqual(['12 c']);
  });
});
