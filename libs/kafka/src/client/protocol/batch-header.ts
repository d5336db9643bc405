import { ByteReader } from './byte-reader.js';
import type { BatchContext } from './decoded-record.js';

export interface RecordBatch {
  readonly firstOffset: number | bigint;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: number | bigint;
  readonly attributes: number;
  /** As the batch says. */
  readonly count: number;
  readonly context: BatchContext;
  /** As they are stored. */
  readonly records: Buffer;
}

/** Of the first offset and the length, which is the length of what follows. */
const PLACE_BYTES = 12;
/** Of the header behind them. */
const HEADER_BYTES = 49;
const MAGIC_AT = 16;
const MAGIC = 2;

const LOG_APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;

/** False for the message formats before Kafka 0.11. */
export function isRecordBatches(records: Buffer): boolean {
  return records.length <= MAGIC_AT || records[MAGIC_AT] === MAGIC;
}

/** Undefined at the end: a fetched partition has whole batches, and perhaps a piece of the next. */
export function nextBatch(reader: ByteReader): RecordBatch | undefined {
  if (reader.remaining < PLACE_BYTES + HEADER_BYTES) return undefined;
  const firstOffset = reader.int64();
  const length = reader.int32();
  if (length < HEADER_BYTES || reader.remaining < length) return undefined;
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
  const records = batch.take(batch.remaining);
  return { firstOffset, lastOffsetDelta, firstTimestamp, attributes, count, context, records };
}
