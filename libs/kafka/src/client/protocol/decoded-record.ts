import type { PlaceTexts } from './place-texts.js';
import { headerBytesAt, keyBytesAt, valueAt, type HeaderBytes } from './record-payload.js';

/** As kafkajs tells of a batch. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  readonly timestampType: 0 | 1;
  readonly magicByte: number;
}

/**
 * One record of a fetched batch, read only as far as somebody asks: a record that its window does not take costs nothing but its place.
 * All that it hands out as bytes is a slice of the batch; texts are not.
 */
export class DecodedRecord {
  constructor(
    readonly offset: string,
    readonly timestamp: string,
    readonly attributes: number,
    readonly batchContext: BatchContext,
    private readonly bytes: Buffer,
    private readonly texts: PlaceTexts,
    /** Where the key's length is. */
    private readonly start: number,
    private readonly end: number,
  ) {}

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  /** Key, value and headers with their lengths. */
  get payloadBytes(): number {
    return this.end - this.start;
  }

  get key(): Buffer | null {
    return keyBytesAt(this.bytes, this.start);
  }

  get value(): Buffer | null {
    return valueAt(this.bytes, this.start);
  }

  get headers(): HeaderBytes {
    return headerBytesAt(this.bytes, this.start, this.texts);
  }

  /** Key, value and headers as they lie in the batch; a copy, since a slice would pin the batch. */
  copyPayload(): Buffer {
    const copy = Buffer.allocUnsafe(this.end - this.start);
    this.bytes.copy(copy, 0, this.start, this.end);
    return copy;
  }
}
