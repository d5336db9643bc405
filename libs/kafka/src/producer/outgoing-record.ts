import type { RecordToSend } from '@fleethook/messages';
import type { KafkaError } from '../client/kafka-error.js';

/** A record and where it goes: the topic without prefix; the partition follows from the key unless given. */
export interface OutgoingRecord extends RecordToSend {
  readonly topic: string;
  readonly partition?: number;
  /**
   * The record that it comes of. Whoever owns that by the time when this one is sent, or sent again, writes it: if that is no longer us, it
   * comes back as RECORD_WITHDRAWN. Left out: it is written whoever owns what.
   */
  readonly onlyWhile?: { readonly mayForward: boolean } | undefined;
}

/** Called once per record: undefined when all in-sync replicas have it, else why not; the caller still owns the record then. Must not throw. */
export type RecordDone = (error: KafkaError | undefined) => void;

/** Where apps hand over their records: done once all in-sync replicas have them. */
export abstract class RecordProducer {
  /** @throws KafkaError RECORD_TOO_LARGE, RECORD_WITHDRAWN, PRODUCER_QUEUE_FULL, PRODUCER_CLOSED, TOPIC_UNKNOWN, KAFKA_UNAVAILABLE: the caller still owns the record */
  send(record: OutgoingRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.enqueue(record, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** `send` without a promise per record, for hot paths. What is refused at once is told before this returns. */
  abstract enqueue(record: OutgoingRecord, onDone: RecordDone): void;
}
