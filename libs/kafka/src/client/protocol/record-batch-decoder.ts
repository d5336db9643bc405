import { passedOver, type AbortedTransactions } from './aborted-transactions.js';
import { BatchFault, batchFaultOf } from './batch-fault.js';
import { nextBatch, type RecordBatch } from './batch-header.js';
import { ByteReader, sumOf } from './byte-reader.js';
import { DecodedRecord, type BatchContext } from './decoded-record.js';
import { MAX_UNPACKED_BYTES, type FetchBudget } from './fetch-budget.js';
import { PlaceTexts } from './place-texts.js';
import { skipPayload } from './record-payload.js';
import { unpackBatch } from './unpack-batch.js';
import { standInsFor, type FetchedRange } from './unreadable-batch.js';

const MALFORMED = 'the records of its batch cannot be told apart';

/**
 * The records of a fetched partition, from what was asked for on, as far as the budget goes. Of a transaction that was aborted there is
 * nothing but its offsets, passed over as those of control records are. A batch that cannot be read costs its own
 * records and nobody else's: a throw would end the client, now and at every start.
 */
export async function decodeBatches(
  records: Buffer,
  range: FetchedRange,
  aborted: AbortedTransactions,
  budget: FetchBudget,
): Promise<DecodedRecord[]> {
  const reader = new ByteReader(records);
  const decoded: DecodedRecord[][] = [];
  while (!budget.isSpent) {
    const batch = nextBatch(reader);
    if (batch === undefined) break;
    if (batch.count <= 0) continue;
    const ofBatch = aborted.covers(batch) ? [passedOver(batch)] : await decodeBatch(batch, range, budget);
    aborted.passed(batch, ofBatch);
    budget.spendRecords(ofBatch.length);
    decoded.push(ofBatch);
  }
  return decoded.flat();
}

async function decodeBatch(batch: RecordBatch, range: FetchedRange, budget: FetchBudget): Promise<DecodedRecord[]> {
  let unpackedBytes = MAX_UNPACKED_BYTES;
  try {
    const plain = await unpackBatch(batch.attributes, batch.records);
    // What was not compressed is a piece of the answer, which is there anyway.
    unpackedBytes = plain === batch.records ? 0 : plain.length;
    return decodeRecords(batch, plain, range.fetchOffset, budget.recordsLeft);
  } catch (error) {
    const fault = batchFaultOf(error, MALFORMED);
    return standInsFor(batch, fault, range, budget.recordsLeft);
  } finally {
    // Of one that could not be unpacked it may have been as much as there may be.
    budget.spendBytes(unpackedBytes);
  }
}

/**
 * record: length varint | attributes int8 | timestampDelta varlong | offsetDelta varint | key | value (length varint, bytes) |
 * headers: count varint, each name and value (length varint, bytes)
 *
 * All of them are looked at, and those from `from` on handed out, or the last one, by which the client sees that the rest is gone.
 */
function decodeRecords(batch: RecordBatch, bytes: Buffer, from: number, maxRecords: number): DecodedRecord[] {
  const { firstOffset, firstTimestamp, lastOffsetDelta, count, context } = batch;
  const reader = new ByteReader(bytes);
  const texts = new PlaceTexts();
  const isAppendTime = context.timestampType === 1;
  const decoded: DecodedRecord[] = [];
  let lastDelta = -1;
  for (let i = 0; i < count; i += 1) {
    const length = reader.varint();
    const end = reader.at + length;
    const attributes = reader.int8();
    const timestampDelta = reader.varlong();
    const offsetDelta = reader.varint();
    const start = reader.at;
    skipPayload(reader);
    if (reader.at !== end || offsetDelta <= lastDelta || offsetDelta > lastOffsetDelta) throw malformed();
    lastDelta = offsetDelta;
    const offset = sumOf(firstOffset, offsetDelta);
    if ((offset < from && i < count - 1) || decoded.length >= maxRecords) continue;
    const timestamp = isAppendTime ? context.maxTimestamp : timeOf(context, firstTimestamp, timestampDelta);
    decoded.push(new DecodedRecord(String(offset), timestamp, attributes, context, bytes, texts, start, end));
  }
  if (reader.remaining !== 0) throw malformed();
  return decoded;
}

function malformed(): BatchFault {
  return new BatchFault(MALFORMED);
}

function timeOf(context: BatchContext, firstTimestamp: number | bigint, delta: number | bigint): string {
  return delta === 0 ? context.firstTimestamp : String(sumOf(firstTimestamp, delta));
}
