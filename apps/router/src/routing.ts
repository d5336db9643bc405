import { deliveryKey, encodeDelivery, laneOf, TOPICS, type EventMessage, type RecordToSend } from '@fleethook/messages';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import type { Subscription } from '@fleethook/matching';
import type { TracedSpan } from '@fleethook/observability';

/** The records that one event turns into, made one at a time, when there is room for the next. */
export interface Outgoing {
  readonly count: number;
  at(index: number): OutgoingRecord;
}

/** One delivery per subscription. What does not differ between them (the body, the headers) is made once and shared. */
export class Deliveries implements Outgoing {
  readonly #encoded: RecordToSend;

  constructor(
    private readonly event: EventMessage,
    private readonly first: Subscription,
    private readonly subscriptions: readonly Subscription[],
    span: TracedSpan | undefined,
  ) {
    const { event: prn, name, acceptedAtMs, body } = event;
    this.#encoded = encodeDelivery({
      event: prn,
      name,
      webhook: first.webhook,
      lane: 0,
      acceptedAtMs,
      attempt: 1,
      body,
      // With tracing off, whoever traces after us goes on from whoever did before us.
      trace: span?.context ?? event.trace,
    });
  }

  get count(): number {
    return this.subscriptions.length;
  }

  at(index: number): OutgoingRecord {
    const { webhook, lanes } = this.subscriptions[index] ?? this.first;
    return {
      topic: TOPICS.deliveries.name,
      key: deliveryKey(webhook, laneOf(this.event.event, lanes)),
      value: this.#encoded.value,
      headers: this.#encoded.headers,
    };
  }
}

/** One record, such as a dead letter. */
export class Single implements Outgoing {
  readonly count = 1;

  constructor(private readonly record: OutgoingRecord) {}

  at(): OutgoingRecord {
    return this.record;
  }
}

/** A record of `fleet.events` on its way: settled when all that it turns into is acknowledged, abandoned when part of it cannot be sent. */
export class Routing {
  #given = 0;
  #open = 0;
  #lost = false;
  #ended = false;

  constructor(
    readonly record: KafkaRecord,
    private readonly outgoing: Outgoing,
    /** Undefined when tracing is off. */
    private readonly span?: TracedSpan,
  ) {}

  /** Nothing more of it may be sent: it is somebody else's record now, or the producer is closed. */
  get isLost(): boolean {
    return this.#lost || !this.record.mayForward;
  }

  get hasNext(): boolean {
    return this.#given < this.outgoing.count;
  }

  /** The next record to send; it is open until `acknowledge` or `lose`. */
  next(): OutgoingRecord {
    this.#open++;
    return this.outgoing.at(this.#given++);
  }

  /** Kafka has one of the records. */
  acknowledge(): void {
    this.#open--;
    this.#end();
  }

  /** One of the records will not be sent by us. */
  lose(): void {
    this.#open--;
    this.#lost = true;
    this.#end();
  }

  /** What was not given out yet will not be asked for. */
  stop(): void {
    this.#lost = true;
    this.#end();
  }

  #end(): void {
    if (this.#open > 0 || this.#ended || (this.hasNext && !this.#lost)) return;
    this.#ended = true;
    if (this.#lost) this.span?.fail('lost');
    this.span?.end();
    if (this.#lost) this.record.abandon();
    else this.record.settle();
  }
}
