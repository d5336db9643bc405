import { ByteReader, sumOf } from './byte-reader.js';
import { DecodedRecord, type BatchContext } from './decoded-record.js';
import { internalOf } from '../kafkajs.js';
import { PlaceTexts } from './place-texts.js';

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** Null for an uncompressed batch. */
const { lookupCodecByAttributes } = internalOf('protocol/message/compression') as {
  lookupCodecByAttributes: (attributes: number) => Codec | null;
};

const BATCH_OVERHEAD_BYTES = 49;
const MAGIC_AT = 16;
const MAGIC = 2;

const LOG_APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;

/** False for the message formats before Kafka 0.11. */
export function isRecordBatches(records: Buffer): boolean {
  return records.length <= MAGIC_AT || records[MAGIC_AT] === MAGIC;
}

/** The records of a fetched partition: whole record batches, and perhaps a piece of the next, which is left out. */
export async function decodeBatches(records: Buffer): Promise<DecodedRecord[]> {
  const reader = new ByteReader(records);
  const decoded: DecodedRecord[] = [];
  while (reader.remaining >= BATCH_OVERHEAD_BYTES) {
    const firstOffset = reader.int64();
    const length = reader.int32();
    if (length <= 0 || reader.remaining < length) break;
    const batch = new ByteReader(reader.take(length));
    const partitionLeaderEpoch = batch.int32();
    const magicByte = batch.int8();
    // The checksum: TCP has one, and the broker checks what it stores.
    batch.int32();
    const attributes = batch.int16();
    const lastOffsetDelta = batch.int32();
    const firstTimestamp = batch.int64();
    const maxTimestamp = batch.int64();
    const producerId = batch.int64();
    const producerEpoch = batch.int16();
    const firstSequence = batch.int32();
    const count = batch.int32();
    const context: BatchContext = {
      firstOffset: String(firstOffset),
      firstTimestamp: String(firstTimestamp),
      partitionLeaderEpoch,
      inTransaction: (attributes & TRANSACTIONAL_FLAG) !== 0,
      isControlBatch: (attributes & CONTROL_FLAG) !== 0,
      lastOffsetDelta,
      producerId: String(producerId),
      producerEpoch,
      firstSequence,
      maxTimestamp: String(maxTimestamp),
      timestampType: (attributes & LOG_APPEND_TIME_FLAG) === 0 ? 0 : 1,
      magicByte,
    };
    if (count <= 0) continue;
    const codec = lookupCodecByAttributes(attributes);
    const plain = codec === null ? batch : new ByteReader(await codec.decompress(batch.take(batch.remaining)));
    decodeRecords(plain, count, context, firstOffset, firstTimestamp, decoded);
  }
  return decoded;
}

/**
 * record: length varint | attributes int8 | timestampDelta varlong | offsetDelta varint | key | value (length varint, bytes) |
 * headers: count varint, each name and value (length varint, bytes)
 */
function decodeRecords(
  reader: ByteReader,
  count: number,
  batchContext: BatchContext,
  firstOffset: number | bigint,
  firstTimestamp: number | bigint,
  into: DecodedRecord[],
): void {
  const { bytes } = reader;
  const texts = new PlaceTexts();
  const isAppendTime = batchContext.timestampType === 1;
  for (let i = 0; i < count; i += 1) {
    const length = reader.varint();
    const end = reader.at + length;
    const attributes = reader.int8();
    const timestampDelta = reader.varlong();
    const offset = String(sumOf(firstOffset, reader.varint()));
    const timestamp = isAppendTime ? batchContext.maxTimestamp : timeOf(batchContext, firstTimestamp, timestampDelta);
    into.push(new DecodedRecord(offset, timestamp, attributes, batchContext, bytes, texts, reader.at, end));
    reader.at = end;
  }
}

function timeOf(context: BatchContext, firstTimestamp: number | bigint, delta: number | bigint): string {
  return delta === 0 ? context.firstTimestamp : String(sumOf(firstTimestamp, delta));
}
