import { Inject, Injectable } from '@nestjs/common';
import { RecordProducer, type KafkaError, type KafkaRecord, type OutgoingRecord } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import { Clock } from '../clock.js';
import { deadRecordOf } from './dead-record.js';

/** Told once the record is settled (true), or given back to whoever owns it next (false). */
export type OnSettled = (settled: boolean) => void;

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/**
 * Writes what came of a record, and settles the record once Kafka has acknowledged all of it. While Kafka refuses, it tries again for as
 * long as the record is ours; what waits meanwhile is bounded by the windows that the records stay in.
 */
@Injectable()
export class Forwarder {
  #waiting: Send[] = [];
  #pauseMs = FIRST_PAUSE_MS;
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly producer: RecordProducer,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * A failure, a deferral, a dead letter: only as long as nobody else can own the record, or the delivery would go on twice. While that is
   * not known it is held.
   */
  forward(record: KafkaRecord, outgoing: readonly OutgoingRecord[], onSettled?: OnSettled): void {
    const settlement = new Settlement(record, outgoing.length, false, onSettled);
    for (const one of outgoing) this.#send({ settlement, outgoing: { ...one, onlyWhile: record } });
  }

  /** A success: true whoever owns the record by now. */
  report(record: KafkaRecord, outgoing: OutgoingRecord): void {
    const settlement = new Settlement(record, 1, true, undefined);
    this.#send({ settlement, outgoing });
  }

  /** How many records wait for Kafka to take them. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What still waits is given back. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const { settlement } of this.#waiting.splice(0)) settlement.giveBack();
  }

  #send(send: Send): void {
    const { settlement } = send;
    if (settlement.isSuccess) return this.#enqueue(send);
    settlement.record.onceSure(() => {
      if (settlement.mayGoOn) this.#enqueue(send);
      else settlement.giveBack();
    });
  }

  #enqueue(send: Send): void {
    this.producer.enqueue(send.outgoing, (error) => {
      if (error === undefined) {
        this.#pauseMs = FIRST_PAUSE_MS;
        send.settlement.acknowledged();
      } else this.#failed(send, error);
    });
  }

  #failed(send: Send, error: KafkaError): void {
    const { settlement, outgoing } = send;
    if (error.code === 'RECORD_TOO_LARGE') return this.#tooLarge(send, error);
    if (error.code === 'PRODUCER_CLOSED' || !settlement.mayGoOn) return settlement.giveBack();
    this.#waiting.push(send);
    if (this.#cancelTimer !== undefined) return;
    this.log.warn(
      { event: 'delivery.outcome_waiting', topic: outgoing.topic, reason: error.code, wait_ms: this.#pauseMs, error },
      'Kafka does not take outcomes; trying again',
    );
    this.#cancelTimer = this.clock.after(this.#pauseMs, () => this.#retry());
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
  }

  #retry(): void {
    this.#cancelTimer = undefined;
    for (const send of this.#waiting.splice(0)) this.#send(send);
  }

  /** Sending it again cannot help. A delivery is parked with its beginning and its coordinates; a report of an attempt is left out. */
  #tooLarge(send: Send, error: KafkaError): void {
    const { settlement, outgoing } = send;
    const { record } = settlement;
    const { topic, partition, offset } = record;
    this.log.error({ event: 'delivery.outcome_too_large', topic, partition, offset, to: outgoing.topic, error });
    if (outgoing.topic === TOPICS.attempts.name) return settlement.acknowledged();
    const { onlyWhile } = outgoing;
    const cut = { ...deadRecordOf(record, 'too_large', error.message, this.clock.now()), onlyWhile };
    if (outgoing.topic !== TOPICS.dead.name) this.#send({ settlement, outgoing: cut });
    else this.#send({ settlement, outgoing: { ...cut, value: null } });
  }
}

interface Send {
  readonly settlement: Settlement;
  readonly outgoing: OutgoingRecord;
}

/** One record and how much of its outcome Kafka has not acknowledged yet. */
class Settlement {
  #isOver = false;

  constructor(
    readonly record: KafkaRecord,
    private left: number,
    readonly isSuccess: boolean,
    private readonly onSettled: OnSettled | undefined,
  ) {}

  get mayGoOn(): boolean {
    return !this.#isOver && (this.isSuccess || this.record.mayForward);
  }

  acknowledged(): void {
    this.left--;
    if (this.left > 0 || this.#isOver) return;
    this.#isOver = true;
    this.record.settle();
    this.onSettled?.(true);
  }

  giveBack(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.record.abandon();
    this.onSettled?.(false);
  }
}
