import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TOPICS } from '@fleethook/messages';
import { RecordProducer, type KafkaError, type KafkaRecord, type OutgoingRecord } from '@fleethook/kafka';
import { LOG, type Log } from '@fleethook/observability';
import { Fifo } from '@fleethook/queue';
import { deadLetterOf } from './dead-letter.js';
import { EventRouter } from './event-router.js';
import type { Routing } from './routing.js';

/** What may wait for Kafka's acknowledgement: well below the producer's own bound, which is there for the unforeseen. */
const MAX_OPEN_RECORDS = 10_000;
const MAX_OPEN_BYTES = 24 * 1_024 * 1_024;
/** Key, headers and bookkeeping of one record, roughly. */
const RECORD_OVERHEAD_BYTES = 512;

const PRUNE_ABOVE_RECORDS = 10_000;

const FIRST_BACK_OFF_MS = 50;
const MAX_BACK_OFF_MS = 5_000;

interface Unsent {
  readonly routing: Routing;
  readonly outgoing: OutgoingRecord;
}

/**
 * Turns events into deliveries: records wait in the order in which they came until there is room; what they turn into is sent until
 * Kafka has it. Nothing is dropped: a record is settled when all of it is acknowledged, or left to whoever owns its partition next.
 *
 *   offer -> waiting -> current (one event may be many deliveries) -> open -> acknowledged: settle
 *                                                                  `-> unsent, after a back-off -> open
 */
@Injectable()
export class FanOut implements OnApplicationShutdown {
  readonly #waiting = new Fifo<KafkaRecord>();
  #current: Routing | undefined;
  #openRecords = 0;
  #openBytes = 0;
  #unsent: Unsent[] = [];
  #backOffMs = FIRST_BACK_OFF_MS;
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  #pruneAbove = PRUNE_ABOVE_RECORDS;

  constructor(
    private readonly router: EventRouter,
    private readonly producer: RecordProducer,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Returns at once; the windows of the partitions bound what can be offered. */
  offer(records: readonly KafkaRecord[]): void {
    for (const record of records) this.#waiting.push(record);
    if (this.#waiting.length > this.#pruneAbove) this.#prune();
    this.#pump();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    for (const { routing, outgoing } of this.#unsent.splice(0)) this.#lose(routing, outgoing);
  }

  /** With Kafka away, every rebalance brings the same records again: those of partitions that are gone must not pile up. */
  #prune(): void {
    this.#waiting.keep((record) => record.mayForward);
    this.#pruneAbove = Math.max(PRUNE_ABOVE_RECORDS, 2 * this.#waiting.length);
  }

  #pump(): void {
    // A producer may answer at once, from within: the loop goes on by itself then.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#openRecords < MAX_OPEN_RECORDS && this.#openBytes < MAX_OPEN_BYTES) {
        const routing = this.#current ?? this.#next();
        if (routing === undefined) return;
        this.#current = undefined;
        if (routing.isLost) {
          routing.stop();
          continue;
        }
        const outgoing = routing.next();
        if (routing.hasNext) this.#current = routing;
        this.#open(routing, outgoing);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #next(): Routing | undefined {
    for (let record = this.#waiting.shift(); record !== undefined; record = this.#waiting.shift()) {
      const routing = record.begin() ? this.router.route(record) : undefined;
      if (routing !== undefined) return routing;
    }
    return undefined;
  }

  #open(routing: Routing, outgoing: OutgoingRecord): void {
    this.#openRecords++;
    this.#openBytes += sizeOf(outgoing);
    this.#send(routing, outgoing);
  }

  /** Held while another process may have taken the event over unseen: it would be routed twice. */
  #send(routing: Routing, outgoing: OutgoingRecord): void {
    routing.record.onceSure(() => {
      if (routing.isLost) return this.#lose(routing, outgoing);
      this.producer.enqueue({ ...outgoing, onlyWhile: routing.record }, (error) => {
        if (error === undefined) this.#acknowledge(routing, outgoing);
        else this.#retry(routing, outgoing, error);
      });
    });
  }

  #acknowledge(routing: Routing, outgoing: OutgoingRecord): void {
    this.#close(outgoing);
    this.#backOffMs = FIRST_BACK_OFF_MS;
    routing.acknowledge();
    this.#pump();
  }

  #lose(routing: Routing, outgoing: OutgoingRecord): void {
    this.#close(outgoing);
    routing.lose();
    this.#pump();
  }

  #close(outgoing: OutgoingRecord): void {
    this.#openRecords--;
    this.#openBytes -= sizeOf(outgoing);
  }

  #retry(routing: Routing, outgoing: OutgoingRecord, error: KafkaError): void {
    if (error.code === 'PRODUCER_CLOSED' || routing.isLost) return this.#lose(routing, outgoing);
    if (error.code === 'RECORD_TOO_LARGE' && outgoing.topic !== TOPICS.dead.name) {
      this.#close(outgoing);
      return this.#open(routing, deadLetterOf(routing.record, 'too_large', error.message));
    }
    this.#unsent.push({ routing, outgoing });
    if (this.#timer !== undefined) return;
    this.log.warn(
      { event: 'router.waiting_for_kafka', code: error.code, topic: outgoing.topic, retry_ms: this.#backOffMs },
      error.message,
    );
    this.#timer = setTimeout(() => this.#sendAgain(), this.#backOffMs);
    this.#backOffMs = Math.min(this.#backOffMs * 2, MAX_BACK_OFF_MS);
  }

  #sendAgain(): void {
    this.#timer = undefined;
    for (const { routing, outgoing } of this.#unsent.splice(0)) this.#send(routing, outgoing);
    this.#pump();
  }
}

function sizeOf(outgoing: OutgoingRecord): number {
  return RECORD_OVERHEAD_BYTES + (outgoing.value?.length ?? 0);
}
