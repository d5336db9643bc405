import type { RecordHeaders } from '@fleethook/messages';
import type { FetchedMessage } from '../client/protocol/fetched-message.js';
import type { PlaceTexts } from '../client/protocol/place-texts.js';
import { headerTextsAt, keyTextAt, valueAt } from '../client/protocol/record-payload.js';
import type { KafkaRecord } from './kafka-batch.js';

/** Who took the record and knows what becomes of it. */
export interface RecordOwner {
  readonly topicName: string;
  readonly partition: number;
  readonly mayForward: boolean;
  readonly texts: PlaceTexts;
  begin(record: KafkaRecordEntry): boolean;
  settle(sequence: number): void;
  abandon(record: KafkaRecordEntry): void;
  onceSure(decide: () => void): void;
}

/** What an object of this kind costs beside its payload, roughly: so that a window's bytes say something about small records too. */
const OVERHEAD_BYTES = 256;

/**
 * A record while its window has it. Thousands of them wait at a time, so it is its bytes and little else: what is read of them is made
 * anew at every look, and is as short-lived as whoever looks.
 */
export class KafkaRecordEntry implements KafkaRecord {
  constructor(
    private readonly owner: RecordOwner,
    /** By which its window knows it. */
    readonly sequence: number,
    readonly offset: number,
    readonly timestampMs: number,
    private readonly payload: Buffer,
  ) {}

  get key(): string | null {
    return keyTextAt(this.payload, 0);
  }

  get value(): Buffer | null {
    return valueAt(this.payload, 0);
  }

  get headers(): RecordHeaders {
    return headerTextsAt(this.payload, 0, this.owner.texts);
  }

  get topic(): string {
    return this.owner.topicName;
  }

  get partition(): number {
    return this.owner.partition;
  }

  get mayForward(): boolean {
    return this.owner.mayForward;
  }

  begin(): boolean {
    return this.owner.begin(this);
  }

  settle(): void {
    this.owner.settle(this.sequence);
  }

  abandon(): void {
    this.owner.abandon(this);
  }

  onceSure(decide: () => void): void {
    this.owner.onceSure(decide);
  }
}

/** Payload and overhead, as a window counts it. */
export function bytesOf(message: FetchedMessage): number {
  return OVERHEAD_BYTES + message.payloadBytes;
}

/** Its bytes are copied, since a kept slice would pin the whole batch. */
export function recordOf(
  owner: RecordOwner,
  message: FetchedMessage,
  offset: number,
  sequence: number,
): KafkaRecordEntry {
  return new KafkaRecordEntry(owner, sequence, offset, Number(message.timestamp), message.copyPayload());
}
