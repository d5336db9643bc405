import { compressZstd } from '../client/protocol/zstd-codec.js';
import { crc32c } from './crc32c.js';
import { framedBytes, varintBytes, type RecordSize } from './record-size.js';

/**
 * Record batch, version 2 (Kafka protocol guide, "Record Batch"), byte for byte as kafkajs writes it for records of one time:
 *
 *   baseOffset int64 | batchLength int32 | partitionLeaderEpoch int32 | magic int8 | crc uint32 |
 *   attributes int16 | lastOffsetDelta int32 | baseTimestamp int64 | maxTimestamp int64 |
 *   producerId int64 | producerEpoch int16 | baseSequence int32 | records: count int32, then each
 *
 *   record: length varint | attributes int8 | timestampDelta varint | offsetDelta varint |
 *           key: length varint, bytes | value: the same | headers: count varint, each name and value: length varint, bytes
 */

const HEADER_BYTES = 61;
const AT_LENGTH = 8;
const AT_MAGIC = 16;
const AT_CRC = 17;
const AT_ATTRIBUTES = 21;
const MAGIC = 2;
const ATTRIBUTES_ZSTD = 4;

/** Setting up costs some 50 µs here and as much again at every reader: below, that is more per record than all else together. */
const COMPRESS_FROM_BYTES = 16 * 1_024;

export interface RecordToEncode {
  readonly key: string;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: RecordSize;
}

/** One batch, compressed once it is worth it; a promise only when another thread compresses. */
export function encodeBatch(records: readonly RecordToEncode[], timestampMs: number): Buffer | Promise<Buffer> {
  const batch = encodeRecords(records);
  if (batch.length < HEADER_BYTES + COMPRESS_FROM_BYTES) return seal(batch, records.length, timestampMs, 0);
  const compressed = compressZstd(batch.subarray(HEADER_BYTES));
  return Buffer.isBuffer(compressed)
    ? sealCompressed(compressed, records.length, timestampMs)
    : compressed.then((bytes) => sealCompressed(bytes, records.length, timestampMs));
}

/** One batch as it is. */
export function encodePlainBatch(records: readonly RecordToEncode[], timestampMs: number): Buffer {
  return seal(encodeRecords(records), records.length, timestampMs, 0);
}

function sealCompressed(compressed: Buffer, count: number, timestampMs: number): Buffer {
  const batch = Buffer.allocUnsafe(HEADER_BYTES + compressed.length);
  batch.set(compressed, HEADER_BYTES);
  return seal(batch, count, timestampMs, ATTRIBUTES_ZSTD);
}

function seal(batch: Buffer, count: number, timestampMs: number, attributes: number): Buffer {
  batch.fill(0, 0, AT_MAGIC);
  batch.writeInt32BE(batch.length - AT_LENGTH - 4, AT_LENGTH);
  batch[AT_MAGIC] = MAGIC;
  let at = batch.writeInt16BE(attributes, AT_ATTRIBUTES);
  at = batch.writeInt32BE(count - 1, at);
  for (let twice = 0; twice < 2; twice += 1) {
    at = batch.writeInt32BE(Math.floor(timestampMs / 0x1_0000_0000), at);
    at = batch.writeInt32BE(timestampMs | 0, at);
  }
  // No producer id: the client's idempotent mode is off (it loses records).
  batch.fill(0xff, at, at + 8);
  batch.fill(0, at + 8, at + 14);
  batch.writeInt32BE(count, at + 14);
  batch.writeUInt32BE(crc32c(batch, AT_ATTRIBUTES), AT_CRC);
  return batch;
}

function encodeRecords(records: readonly RecordToEncode[]): Buffer {
  let bound = HEADER_BYTES;
  for (const record of records) bound += framedBytes(record.size);
  const target = Buffer.allocUnsafe(bound);
  let at = HEADER_BYTES;
  for (let i = 0; i < records.length; i += 1) {
    const record = records[i];
    if (record !== undefined) at = writeRecord(target, at, record, i);
  }
  return target.subarray(0, at);
}

function writeRecord(target: Buffer, start: number, record: RecordToEncode, offsetDelta: number): number {
  const { key, value, headers, size } = record;
  let at = writeVarint(target, start, size.bodyBytes + varintBytes(offsetDelta));
  target[at] = 0;
  target[at + 1] = 0;
  at = writeVarint(target, at + 2, offsetDelta);
  at = writeText(target, at, key, size.keyBytes);
  if (value === null) {
    target[at] = 1;
    at += 1;
  } else if (typeof value === 'string') {
    at = writeText(target, at, value, size.valueBytes);
  } else {
    at = writeVarint(target, at, value.length);
    target.set(value, at);
    at += value.length;
  }
  at = writeVarint(target, at, size.headerCount);
  for (const name in headers) {
    const text = headers[name] ?? '';
    at = writeText(target, at, name, Buffer.byteLength(name));
    at = writeText(target, at, text, Buffer.byteLength(text));
  }
  return at;
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  // Zigzag of a number that is not below zero; >>> keeps it right up to 2^31 - 1.
  let rest = (value << 1) >>> 0;
  while (rest > 0x7f) {
    target[at] = (rest & 0x7f) | 0x80;
    at += 1;
    rest >>>= 7;
  }
  target[at] = rest;
  return at + 1;
}

/** Up to here a loop is faster than the call into the runtime. */
const LOOP_MAX_CHARACTERS = 48;

function writeText(target: Buffer, start: number, text: string, bytes: number): number {
  let at = writeVarint(target, start, bytes);
  if (bytes !== text.length) return at + target.write(text, at, bytes, 'utf8');
  // As many bytes as characters: all of it is ASCII.
  if (bytes > LOOP_MAX_CHARACTERS) return at + target.write(text, at, bytes, 'latin1');
  for (let i = 0; i < bytes; i += 1, at += 1) target[at] = text.charCodeAt(i);
  return at;
}
