import type { AnsweredPartition } from './fetch-answer.js';
import type { RecordBatch } from './batch-header.js';
import { DecodedRecord } from './decoded-record.js';
import { encodePayload } from './record-payload.js';
import { PlaceTexts } from './place-texts.js';

interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: bigint;
}

/** Control record key: version INT16 | type INT16, which is 0 where a transaction was aborted and 1 where it was committed. */
const TYPE_AT = 2;
const ABORT = 0;

/**
 * Which batches of a fetched partition are of transactions that were aborted: told of each in the order of the log, it knows of which
 * producers one is open there.
 *
 * The client's own filter hands out records of such: it takes the broker's list, which is ordered by the transactions' ends, for ordered
 * by their beginnings, and begins at most one with each record, though a fetch may begin inside several.
 */
export class AbortedTransactions {
  /** By their beginnings. */
  readonly #ahead: AbortedTransaction[];
  readonly #open = new Set<string>();

  constructor(transactions: AnsweredPartition['header']['abortedTransactions']) {
    this.#ahead = transactions
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .toSorted((one, other) => (one.firstOffset < other.firstOffset ? -1 : 1));
  }

  /** @param batch the next of the partition */
  covers({ firstOffset, lastOffsetDelta, context }: RecordBatch): boolean {
    for (
      let [next] = this.#ahead;
      next !== undefined && next.firstOffset <= BigInt(firstOffset) + BigInt(lastOffsetDelta);
      [next] = this.#ahead
    ) {
      this.#open.add(next.producerId);
      this.#ahead.shift();
    }
    return context.inTransaction && !context.isControlBatch && this.#open.has(context.producerId);
  }

  /** @param records of the batch that was asked about last */
  passed({ context }: RecordBatch, records: readonly DecodedRecord[]): void {
    if (context.isControlBatch && records.some(isAbortMarker)) this.#open.delete(context.producerId);
  }
}

function isAbortMarker({ key }: DecodedRecord): boolean {
  return key !== null && key.length >= TYPE_AT + 2 && key.readInt16BE(TYPE_AT) === ABORT;
}

/** Stands for the records of a batch that nobody is to see: the client goes past its offset as past a control record's. */
export function passedOver({ firstOffset, lastOffsetDelta, context }: RecordBatch): DecodedRecord {
  const offset = String(BigInt(firstOffset) + BigInt(lastOffsetDelta));
  const asControl = { ...context, isControlBatch: true };
  return new DecodedRecord(offset, context.maxTimestamp, 0, asControl, NOTHING, new PlaceTexts(), 0, NOTHING.length);
}

const NOTHING = encodePayload(null, null, {});
