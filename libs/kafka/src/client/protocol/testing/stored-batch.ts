import { gzipSync, zstdCompressSync } from 'node:zlib';
import { encodePlainBatch } from '../../../producer/record-batch-encoder.js';
import { measureRecord } from '../../../producer/record-size.js';

export const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4, unknown: 7 } as const;

export interface StoredBatch {
  readonly values: readonly (Buffer | string | null)[];
  readonly firstOffset?: number;
  readonly codec?: keyof typeof CODECS;
  /** What the header says, if not the truth. */
  readonly count?: number;
  readonly lastOffsetDelta?: number;
  readonly isControl?: boolean;
  readonly key?: string;
  /** Of the transaction that it belongs to; none when left out. */
  readonly producerId?: number;
  /** Done to the records as they are stored. */
  readonly damage?: (records: Buffer) => Buffer;
}

const AT_LENGTH = 8;
const AT_ATTRIBUTES = 21;
const AT_LAST_OFFSET_DELTA = 23;
const AT_PRODUCER_ID = 43;
const AT_COUNT = 57;
const AT_RECORDS = 61;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;
const TIMESTAMP_MS = 1_700_000_000_000;

/** A batch as a broker answers with it, sound or not. */
export function storedBatch(batch: StoredBatch): Buffer {
  const { values, firstOffset = 0, codec = 'none', damage = (records: Buffer) => records } = batch;
  const {
    count = values.length,
    lastOffsetDelta = values.length - 1,
    isControl = false,
    key = 'k',
    producerId,
  } = batch;
  const plain = encodePlainBatch(
    values.map((value) => ({ key, value, headers: { h: 'x' }, size: measureRecord(key, value, { h: 'x' }) })),
    TIMESTAMP_MS,
  );
  const records = damage(packed(plain.subarray(AT_RECORDS), codec));
  const stored = Buffer.concat([plain.subarray(0, AT_RECORDS), records]);
  stored.writeBigInt64BE(BigInt(firstOffset));
  stored.writeInt32BE(stored.length - AT_LENGTH - 4, AT_LENGTH);
  const flags = (isControl ? CONTROL_FLAG : 0) | (producerId === undefined ? 0 : TRANSACTIONAL_FLAG);
  stored.writeInt16BE(CODECS[codec] | flags, AT_ATTRIBUTES);
  if (producerId !== undefined) stored.writeBigInt64BE(BigInt(producerId), AT_PRODUCER_ID);
  stored.writeInt32BE(lastOffsetDelta, AT_LAST_OFFSET_DELTA);
  stored.writeInt32BE(count, AT_COUNT);
  return stored;
}

function packed(records: Buffer, codec: keyof typeof CODECS): Buffer {
  if (codec === 'gzip') return gzipSync(records);
  return codec === 'zstd' ? zstdCompressSync(records) : records;
}
