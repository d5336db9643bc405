import type { EncodedRecord } from '@fleethook/messages';

/**
 * One record that a consumer took. It stays in its partition's window until `settle`, and the committed offset never passes it before.
 * begin -> work -> settle, or begin -> abandon; a record that must not begin is just dropped.
 */
export interface KafkaRecord extends EncodedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The record's timestamp: the broker's append time on topics with LogAppendTime. */
  readonly timestampMs: number;
  /**
   * Call before work with an effect starts. False: the partition has moved to another process or this one is draining; drop the record,
   * its next owner has it.
   */
  begin(): boolean;
  /** Call once Kafka acknowledged the outcome (attempt, next tier, dead letter): only then may the offset pass. */
  settle(): void;
  /** The work that began ended without an outcome; whoever owns the partition next will see the record again. */
  abandon(): void;
  /**
   * False once another process may own the record: then a success may still be reported, but nothing may be forwarded (retry, dead
   * letter), or the delivery would go on twice. After a silence of the brokers it is only what was true before: see `onceSure`.
   */
  readonly mayForward: boolean;
  /**
   * Calls back once `mayForward` is sure, so ask there and then: at once as a rule, else with the brokers' next word, or when the partition is
   * given up. Nothing that began is called back later than that, so what waits is bounded by what had begun.
   */
  onceSure(decide: () => void): void;
}

/** The records of one fetch of one partition, in offset order; values are copies and may be kept. */
export interface KafkaBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
}
