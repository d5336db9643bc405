import {
  normaliseBody,
  type EventSource,
  type JsonScan,
  type NormalisedEvent,
  type RefusedEvent,
} from '@fleethook/events';
import type { KafkaError, RecordProducer } from '@fleethook/kafka';
import { encodeEvent, TOPICS } from '@fleethook/messages';
import type { ByteBudget } from './byte-budget.js';
import type { AcceptedEvent, EventResults, RejectedEvent } from './event-results.js';
import type { EventTracing } from './event-tracing.js';
import { HeldBytes } from './held-bytes.js';
import { ACCEPTED_BYTES, rejectedBytes } from './result-bytes.js';

/** Who keeps sending waits above this until half of it is acknowledged. */
const MAX_UNACKNOWLEDGED_BYTES = 4 * 1_024 * 1_024;

interface Checked {
  readonly index: number;
  readonly event: NormalisedEvent;
}

/**
 * The events of one request on their way into Kafka: checked one by one, sent one by one, acknowledged through one counter. After
 * Kafka or the budget refused one, nothing more is sent.
 */
export class IntakeRequest {
  readonly #sent: AcceptedEvent[] = [];
  readonly #rejected: RejectedEvent[] = [];
  /** Undefined: it is on its way, and its bytes are kept by nobody here. */
  #checked: (Checked | undefined)[] = [];
  /** Of them. */
  #handedOver = 0;
  /** Of those that were checked and not handed over. */
  #unsentBytes = 0;
  #failed: Set<AcceptedEvent> | undefined;
  #unavailable: string | undefined;
  #tooLarge = 0;
  #count = 0;
  #unacknowledged = 0;
  #unacknowledgedBytes = 0;
  /** Until the answer is given: `release` it then. */
  readonly held: HeldBytes;
  #wake: { readonly belowBytes: number; readonly resolve: () => void } | undefined;

  constructor(
    private readonly source: EventSource,
    private readonly producer: RecordProducer,
    private readonly budget: ByteBudget,
    /** Undefined when tracing is off. */
    private readonly tracing?: EventTracing,
  ) {
    this.held = new HeldBytes(budget);
  }

  /**
   * Checks the next event; it is sent with `send`.
   * @returns what is wrong with it, which is noted under its index
   * @throws Problem 503, 413 when there is no room for its result
   */
  add(bytes: Buffer, start: number, end: number, scanned?: JsonScan): RefusedEvent | undefined {
    const event = normaliseBody(bytes, this.source, start, end, scanned);
    if (event.kind === 'refused') {
      this.reject(event);
      return event;
    }
    this.held.addResult(ACCEPTED_BYTES);
    this.#checked.push({ index: this.#count, event });
    this.#unsentBytes += event.body.length;
    this.#count += 1;
    return undefined;
  }

  /** @throws Problem 503, 413 when there is no room for it in the answer */
  reject({ reason, errors }: RefusedEvent): void {
    this.held.addResult(rejectedBytes(errors));
    if (reason === 'too_large') this.#tooLarge += 1;
    this.#rejected.push({ index: this.#count, errors });
    this.#count += 1;
  }

  /**
   * Hands over to Kafka the next event that was checked.
   * @returns false when there is none, or nothing more is sent
   */
  send(): boolean {
    const next = this.#checked[this.#handedOver];
    if (next === undefined || this.#unavailable !== undefined) {
      this.#checked = [];
      this.#handedOver = 0;
      this.#unsentBytes = 0;
      return false;
    }
    const { index, event } = next;
    const { prn, name, device, body } = event;
    if (!this.held.moveToSent(body.length)) {
      this.#unavailable = 'Too many events wait for Kafka';
      return this.send();
    }
    this.#checked[this.#handedOver] = undefined;
    this.#handedOver += 1;
    this.#unsentBytes -= body.length;
    const accepted: AcceptedEvent = { index, prn };
    this.#sent.push(accepted);
    this.#unacknowledged += 1;
    this.#unacknowledgedBytes += body.length;
    const span = this.tracing?.sending(event);
    const trace = span?.context;
    const { nowMs } = this.source;
    const { key, value, headers } = encodeEvent({ event: prn, name, acceptedAtMs: nowMs, body, trace }, device);
    this.producer.enqueue({ topic: TOPICS.events.name, key, value, headers }, (error) => {
      if (span !== undefined) this.tracing?.sent(span, error);
      this.#onDone(accepted, body.length, error);
    });
    return true;
  }

  /** All of the body is read: what it held is now in the events. @throws Problem 503 */
  bodyRead(): void {
    this.held.bodyBecomes(this.#unsentBytes);
  }

  /** So much of what was sent is not acknowledged that `room` is to be awaited. */
  get isFull(): boolean {
    return this.#unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES;
  }

  /** Resolves when enough of what was sent is acknowledged to go on. */
  async room(): Promise<void> {
    if (this.isFull) await this.#whenBelow(MAX_UNACKNOWLEDGED_BYTES / 2);
  }

  /** What became of the events, once Kafka answered for each that was sent. */
  async results(): Promise<EventResults> {
    if (this.#unacknowledged > 0) await this.#whenBelow(0);
    const failed = this.#failed;
    const events = failed === undefined ? this.#sent : this.#sent.filter((event) => !failed.has(event));
    return { accepted: events.length, events, rejected: this.#rejected };
  }

  /** Why nothing more is sent, in words for the client; undefined while all is well. */
  get unavailable(): string | undefined {
    return this.#unavailable;
  }

  /** Events that were seen, whatever became of them. */
  get count(): number {
    return this.#count;
  }

  /** All were refused, and all for their size. */
  get isTooLarge(): boolean {
    return this.#tooLarge > 0 && this.#tooLarge === this.#count;
  }

  #onDone(event: AcceptedEvent, bytes: number, error: KafkaError | undefined): void {
    this.budget.release(bytes);
    this.#unacknowledged -= 1;
    this.#unacknowledgedBytes -= bytes;
    if (error !== undefined) this.#onFailure(event, error);
    const wake = this.#wake;
    if (
      wake !== undefined &&
      (wake.belowBytes === 0 ? this.#unacknowledged === 0 : this.#unacknowledgedBytes < wake.belowBytes)
    ) {
      this.#wake = undefined;
      wake.resolve();
    }
  }

  #onFailure(event: AcceptedEvent, error: KafkaError): void {
    (this.#failed ??= new Set()).add(event);
    if (error.code === 'RECORD_TOO_LARGE')
      this.#rejected.push({ index: event.index, errors: { '': ['is larger than Kafka takes'] } });
    else
      this.#unavailable ??= error.code === 'PRODUCER_QUEUE_FULL' ? 'Too many events wait for Kafka' : 'Kafka is away';
  }

  /** @param belowBytes 0: until nothing is left */
  #whenBelow(belowBytes: number): Promise<void> {
    return new Promise((resolve) => (this.#wake = { belowBytes, resolve }));
  }
}
