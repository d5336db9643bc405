import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { internalOf } from '../client/kafkajs.js';
import { registerZstd } from '../client/protocol/zstd-codec.js';
import { encodeBatch, encodePlainBatch } from './record-batch-encoder.js';
import { framedBytes, measureRecord } from './record-size.js';

interface Plain {
  readonly key: string;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface Decoded {
  readonly records: readonly {
    readonly key: Buffer;
    readonly value: Buffer | null;
    readonly headers: Record<string, Buffer>;
  }[];
}

const Record = internalOf('protocol/recordBatch/record/v0') as (record: object) => unknown;
const { RecordBatch } = internalOf('protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<{ buffer: Buffer }>;
};
const Decoder = internalOf('protocol/decoder') as new (bytes: Buffer) => object;
const decodeBatch = internalOf('protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<Decoded>;

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 200 }), fc.uuid());
const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  // Where a length takes a byte more.
  fc.constantFrom(63, 64, 8_191, 8_192).map((length) => Buffer.alloc(length, 'a')),
);
// Header names such as "1" would be sorted by the engine on both sides alike.
const record = fc.record<Plain>({ key: text, value, headers: fc.dictionary(text, text, { maxKeys: 6 }) });
const records = fc.array(record, { minLength: 1, maxLength: 70 });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });

const sized = (plain: readonly Plain[]) =>
  plain.map((one) => ({ ...one, size: measureRecord(one.key, one.value, one.headers) }));

describe('record batch', () => {
  it('is byte for byte what the client writes', async () => {
    await fc.assert(
      fc.asyncProperty(records, time, async (plain, timestamp) => {
        const wanted = await RecordBatch({
          firstTimestamp: timestamp,
          maxTimestamp: timestamp,
          lastOffsetDelta: plain.length - 1,
          records: plain.map((one, offsetDelta) => Record({ ...one, offsetDelta, timestampDelta: 0 })),
        });
        expect(encodePlainBatch(sized(plain), timestamp).equals(wanted.buffer)).toBe(true);
      }),
    );
  });

  it('is never longer than its records were said to be', () => {
    fc.assert(
      fc.property(records, time, (plain, timestamp) => {
        const all = sized(plain);
        const bound = all.reduce((sum, { size }) => sum + framedBytes(size), 61);
        expect(encodePlainBatch(all, timestamp).length).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('is read back from its compressed form, whichever thread compressed it', async () => {
    registerZstd();
    for (const count of [1, 40, 1_000]) {
      const plain = Array.from({ length: count }, (_, i) => ({
        key: `key-${i}`,
        value: Buffer.from(`body of ${i} `.repeat(60)),
        headers: { at: String(i), name: 'gerät.verbunden' },
      }));
      const batch = await encodeBatch(sized(plain), 1_760_000_000_000);
      const shrunk = batch.length < encodePlainBatch(sized(plain), 0).length / 2;
      expect(shrunk).toBe(count > 1);
      const { records: read } = await decodeBatch(new Decoder(batch));
      expect(read).toHaveLength(count);
      expect(read.map(({ key }) => key.toString())).toEqual(plain.map(({ key }) => key));
      expect(read.every(({ value: body }, i) => body?.equals(plain[i]?.value ?? Buffer.of()) === true)).toBe(true);
      expect(read.at(-1)?.headers['name']?.toString()).toBe('gerät.verbunden');
    }
  });
});
