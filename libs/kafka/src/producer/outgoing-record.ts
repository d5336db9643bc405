import type { RecordToSend } from '@fleethook/messages';

/** A record and where it goes; the partition follows from the key unless given. */
export interface OutgoingRecord extends RecordToSend {
  readonly topic: string;
  readonly partition?: number;
}

/** Where apps hand over their records: resolved once all in-sync replicas have them. */
export abstract class RecordProducer {
  /** @throws KafkaError RECORD_TOO_LARGE, PRODUCER_QUEUE_FULL, KAFKA_UNAVAILABLE: the caller still owns the record */
  abstract send(record: OutgoingRecord): Promise<void>;
}
