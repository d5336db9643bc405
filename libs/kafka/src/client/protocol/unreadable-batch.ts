import { UNREADABLE_HEADER } from '@fleethook/messages';
import type { BatchFault } from './batch-fault.js';
import type { RecordBatch } from './batch-header.js';
import { DecodedRecord } from './decoded-record.js';
import { PlaceTexts } from './place-texts.js';
import { encodePayload } from './record-payload.js';

export interface FetchedRange {
  /** What was asked for: the first batch may begin before it. */
  readonly fetchOffset: number;
  /** There is nothing at or beyond it. */
  readonly highWatermark: bigint;
}

/**
 * Stands for the records of a batch that cannot be read, one for each: without key and value, with the reason in a header. So they are
 * parked where they lay, and the offsets go on.
 *
 * They end where the batch ends, which is what has to be passed; one that was compacted has fewer records than offsets, and nobody can tell which.
 */
export function standInsFor(
  batch: RecordBatch,
  fault: BatchFault,
  { fetchOffset, highWatermark }: FetchedRange,
  maxRecords: number,
): DecodedRecord[] {
  const first = BigInt(batch.firstOffset);
  const last = maxOf(first, minOf(first + BigInt(batch.lastOffsetDelta), highWatermark - 1n));
  const records = minOf(BigInt(batch.count), last - first + 1n);
  const begin = minOf(last, maxOf(last - records + 1n, BigInt(fetchOffset)));
  const end = minOf(last, begin + BigInt(maxRecords) - 1n);
  const payload = encodePayload(null, null, { [UNREADABLE_HEADER]: fault.message });
  const { context } = batch;
  const timestamp = context.timestampType === 1 ? context.maxTimestamp : context.firstTimestamp;
  const texts = new PlaceTexts();
  const standIns: DecodedRecord[] = [];
  for (let offset = begin; offset <= end; offset += 1n)
    standIns.push(new DecodedRecord(String(offset), timestamp, 0, context, payload, texts, 0, payload.length));
  return standIns;
}

function minOf(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function maxOf(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
