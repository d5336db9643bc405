import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { encodePlainBatch } from '../../producer/record-batch-encoder.js';
import { measureRecord } from '../../producer/record-size.js';
import type { KafkaMessage } from 'kafkajs';
import type { DecodedRecord } from './decoded-record.js';
import { MAX_UNPACKED_BYTES } from './fetch-budget.js';
import { patchFetch } from './fetch-protocol.js';
import { fetchedMessage } from './fetched-message.js';
import { PlaceTexts } from './place-texts.js';
import { headerTextsAt, keyTextAt, valueAt } from './record-payload.js';
import { internalOf } from '../kafkajs.js';
import { storedBatch } from './testing/stored-batch.js';
import { registerZstd } from './zstd-codec.js';

interface Decode {
  (bytes: Buffer): Promise<unknown>;
}

interface Definition {
  protocol: (choice: {
    version: number;
  }) => (options: object) => { response: { decode: Decode }; requestTimeout: number };
}

interface PlainBatch {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  readonly transactional: boolean;
  readonly compression: number;
  readonly flags: number;
  readonly producerId: number;
  readonly records: readonly {
    readonly key: string | null;
    readonly value: Buffer | null;
    readonly headers: object;
    readonly timestampDelta: number;
  }[];
}

interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBytes(value: Buffer): Encoder;
}

const Encoder = internalOf('protocol/encoder') as new () => Encoder;
const Long = internalOf('utils/long') as { fromValue(value: number): unknown };
const Record = internalOf('protocol/recordBatch/record/v0') as (record: object) => unknown;
const { RecordBatch } = internalOf('protocol/recordBatch/v0') as { RecordBatch: (batch: object) => Promise<Encoder> };

const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;
const ATTRIBUTES_AT = 22;

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 60 }).map((value) => Buffer.from(value));
/** The client takes what an object inherits for a header that came before: see the test of that name. */
const headerName = text.filter((name) => !(name in Object.prototype));
const headers = fc.dictionary(headerName, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })), {
  maxKeys: 5,
});
const record = fc.record({
  key: fc.option(text),
  value: fc.option(bytes),
  headers,
  timestampDelta: fc.oneof(fc.constant(0), fc.integer({ min: -100_000, max: 10_000_000_000 })),
});
const batch: fc.Arbitrary<PlainBatch> = fc.record({
  firstOffset: fc.oneof(fc.nat(), fc.maxSafeNat()),
  firstTimestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  transactional: fc.boolean(),
  compression: fc.constantFrom(0, 1, 4),
  flags: fc.constantFrom(0, LOG_APPEND_TIME, CONTROL),
  producerId: fc.integer({ min: -1 }),
  records: fc.array(record, { minLength: 1, maxLength: 12 }),
});
const partition = fc.record({
  batches: fc.array(batch, { maxLength: 4 }),
  errorCode: fc.constantFrom(0, 1, 6),
  highWatermark: fc.integer({ min: -1 }),
  /** See aborted-transactions.property.spec.ts: there the client is wrong. */
  aborted: fc.constant([]),
  cut: fc.nat({ max: 120 }),
});
const topics = fc.array(fc.tuple(text, fc.array(partition, { maxLength: 3 })), { maxLength: 3 });

const EMPTY = { key: null, value: null, headers: {}, timestampDelta: 0 };
const PLAIN = { firstOffset: 0, firstTimestamp: 0, transactional: false, compression: 0, flags: 0, producerId: 0 };

async function encodeBatch({ flags, records, ...plain }: PlainBatch): Promise<Buffer> {
  const encoded = await RecordBatch({
    ...plain,
    firstOffset: Long.fromValue(plain.firstOffset),
    producerId: Long.fromValue(plain.producerId),
    maxTimestamp: plain.firstTimestamp + 5,
    lastOffsetDelta: records.length - 1,
    records: records.map((one, offsetDelta) => Record({ ...one, offsetDelta })),
  });
  const buffer = Buffer.from(encoded.buffer);
  buffer.writeUInt8(buffer.readUInt8(ATTRIBUTES_AT) | flags, ATTRIBUTES_AT);
  return buffer;
}

interface PlainPartition {
  readonly records: Buffer;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly aborted: readonly (readonly [number, number])[];
}

function responseOf(topics: readonly (readonly [string, readonly PlainPartition[]])[]): Buffer {
  const encoder = new Encoder().writeInt32(7).writeInt16(0).writeInt32(42).writeInt32(topics.length);
  for (const [topic, partitions] of topics) {
    encoder.writeString(topic).writeInt32(partitions.length);
    for (const [index, { records, errorCode, highWatermark, aborted }] of partitions.entries()) {
      encoder.writeInt32(index).writeInt16(errorCode).writeInt64(highWatermark).writeInt64(-1).writeInt64(0);
      encoder.writeInt32(aborted.length === 0 ? -1 : aborted.length);
      for (const [producerId, firstOffset] of aborted) encoder.writeInt64(producerId).writeInt64(firstOffset);
      encoder.writeInt32(-1).writeBytes(records);
    }
  }
  return encoder.buffer;
}

/** The broker cuts what it returns at a number of bytes, wherever that is. */
async function recordsOf(batches: readonly PlainBatch[], cut: number): Promise<Buffer> {
  const records = Buffer.concat(await Promise.all(batches.map(encodeBatch)));
  return records.length > cut + 17 ? records.subarray(0, records.length - cut) : records;
}

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[];
}

function messagesOf(decoded: Decoded): KafkaMessage[] {
  return decoded.responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => [...messages]));
}

function read(message: KafkaMessage): unknown {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext } =
    message as unknown as DecodedRecord;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext };
}

/** Our records read on demand: here all of each. */
function inFull(decoded: Decoded): unknown {
  return {
    ...decoded,
    responses: decoded.responses.map((response) => ({
      ...response,
      partitions: response.partitions.map((one) => ({ ...one, messages: one.messages.map(read) })),
    })),
  };
}

function asText(message: KafkaMessage): unknown {
  const { offset, timestamp } = message;
  const payload = fetchedMessage(message).copyPayload();
  const headers = headerTextsAt(payload, 0, new PlaceTexts());
  return { offset, timestamp, key: keyTextAt(payload, 0), value: valueAt(payload, 0), headers };
}

describe('fetch protocol', () => {
  const { protocol } = internalOf('protocol/requests/fetch') as Definition;
  const stock = protocol({ version: 11 })({ topics: [], maxWaitTime: 250 });
  let ours: typeof stock;

  beforeAll(() => {
    registerZstd();
    patchFetch();
    const patched = internalOf('protocol/requests/fetch') as Definition;
    ours = patched.protocol({ version: 11 })({ topics: [], maxWaitTime: 250 });
  });

  it('is read as the client reads it, record for record', async () => {
    await fc.assert(
      fc.asyncProperty(topics, async (all) => {
        const read = all.map(async ([topic, partitions]) => {
          const encoded = partitions.map(async ({ batches, cut, ...rest }) => ({
            ...rest,
            records: await recordsOf(batches, cut),
          }));
          return [topic, await Promise.all(encoded)] as const;
        });
        const response = responseOf(await Promise.all(read));
        const asOurs = (await ours.response.decode(response)) as Decoded;
        const asTheirs = (await stock.response.decode(response)) as Decoded;
        expect(inFull(asOurs)).toEqual(asTheirs);
        // And what we read of a record ourselves is what is made of the client's.
        expect(messagesOf(asOurs).map(asText)).toEqual(messagesOf(asTheirs).map(asText));
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it.each(['valueOf', 'toString', 'constructor', '__proto__'])(
    'reads a header %s that comes twice, which the client does not',
    async (name) => {
      const twice = Object.fromEntries([[name, ['one', 'two']]]);
      const records = await recordsOf([{ ...PLAIN, records: [{ ...EMPTY, headers: twice }] }], 0);
      const response = responseOf([['t', [{ records, errorCode: 0, highWatermark: 1, aborted: [] }]]]);
      const headersOf = async (from: typeof stock): Promise<unknown> =>
        messagesOf((await from.response.decode(response)) as Decoded).map(({ headers }) =>
          Object.entries(headers ?? {}),
        );
      const right = [[[name, [Buffer.from('one'), Buffer.from('two')]]]];
      expect(await headersOf(ours)).toEqual(right);
      // When the client does, nothing need be left out above.
      expect(await headersOf(stock)).not.toEqual(right);
    },
  );

  it('leaves what is older than record batches, and everything else of the exchange, to the client', async () => {
    const old = Buffer.alloc(26 + 9);
    const encoder = new Encoder()
      .writeInt32(0)
      .writeInt16(0)
      .writeInt32(0)
      .writeInt32(1)
      .writeString('t')
      .writeInt32(1);
    encoder
      .writeInt32(0)
      .writeInt16(0)
      .writeInt64(1)
      .writeInt64(1)
      .writeInt64(0)
      .writeInt32(-1)
      .writeInt32(-1)
      .writeBytes(old);
    const decoding = ours.response.decode(encoder.buffer);
    await expect(decoding).resolves.toEqual(await stock.response.decode(encoder.buffer));
    expect(ours.requestTimeout).toBe(stock.requestTimeout);
  });

  it('is read from what was asked for', async () => {
    const records = storedBatch({ values: ['a', 'b', 'c'], firstOffset: 5 });
    const response = responseOf([['t', [{ records, errorCode: 0, highWatermark: 8, aborted: [] }]]]);
    const asked = { topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: '6' }] }], maxWaitTime: 250 };
    const { protocol } = internalOf('protocol/requests/fetch') as Definition;
    const decoded = (await protocol({ version: 11 })(asked).response.decode(response)) as Decoded;
    expect(messagesOf(decoded).map(({ offset }) => offset)).toEqual(['6', '7']);
  });

  it('lets no partition spend every time what an answer may cost', async () => {
    const records = storedBatch({ values: [Buffer.alloc(MAX_UNPACKED_BYTES)], codec: 'zstd' });
    const partition = { records, errorCode: 0, highWatermark: 1, aborted: [] };
    const response = responseOf([
      ['t', [partition, partition]],
      ['u', [partition]],
    ]);
    const random = jest.spyOn(Math, 'random');
    const readWhen = async (drawn: number): Promise<number[]> => {
      random.mockReturnValueOnce(drawn);
      const { responses } = (await ours.response.decode(response)) as Decoded;
      return responses.flatMap(({ partitions }) => partitions.map(({ messages }) => messages.length));
    };
    expect(await readWhen(0)).toEqual([1, 0, 0]);
    expect(await readWhen(0.5)).toEqual([0, 1, 0]);
    expect(await readWhen(0.99)).toEqual([0, 0, 1]);
    random.mockRestore();
  });

  it('takes a batch of more records than the client can', async () => {
    const count = 130_000;
    const plain = { key: '', value: null, headers: {} };
    const records = encodePlainBatch(
      Array.from({ length: count }, () => ({ ...plain, size: measureRecord('', null, {}) })),
      0,
    );
    const response = responseOf([['t', [{ records, errorCode: 0, highWatermark: count, aborted: [] }]]]);
    // When the client can, one reason less for a reader of our own.
    await expect(stock.response.decode(response)).rejects.toThrow(RangeError);
    await expect(ours.response.decode(response)).resolves.toMatchObject({ sessionId: 42 });
  });
});
