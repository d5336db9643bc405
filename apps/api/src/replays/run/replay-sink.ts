import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordProducer } from '@fleethook/kafka';
import { encodeDelivery, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import type { Log, Metrics, TracedSpan } from '@fleethook/observability';

/** Not acknowledged yet, of one replay. */
const MAX_OPEN_RECORDS = 2_000;
const MAX_OPEN_BYTES = 1_024 * 1_024;

const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;
/** A stopping run waits so long for what is on its way, so that it need not be sent again. */
const STOP_PATIENCE_MS = 3_000;

/** Writes deliveries until Kafka has them, a bounded number at once; with Kafka away it waits. */
export class ReplaySink {
  /** Acknowledged. */
  sent = 0;
  /** Kafka will never take them. */
  refused = 0;
  #openRecords = 0;
  #openBytes = 0;
  /** Open, and not sent again any more. */
  #givenUp = 0;
  #backOffMs = FIRST_BACK_OFF_MS;
  #changed: (() => void) | undefined;
  readonly #sentMetric;

  constructor(
    private readonly producer: RecordProducer,
    /** Of the records: the replay's own name. */
    private readonly series: string,
    private readonly observed: { readonly log: Log; readonly metrics: Metrics },
    private readonly signal: AbortSignal,
    /** Of what is sent; undefined when tracing is off. */
    private readonly spanOf: (delivery: DeliveryMessage) => TracedSpan | undefined,
  ) {
    this.#sentMetric = observed.metrics.replayRecords.labels('sent');
    signal.addEventListener('abort', () => this.#changed?.(), { once: true });
  }

  /** Resolves when there was room for it. @returns false when it was stopped before: then it is not taken */
  async put(delivery: DeliveryMessage): Promise<boolean> {
    while (!this.signal.aborted && (this.#openRecords >= MAX_OPEN_RECORDS || this.#openBytes >= MAX_OPEN_BYTES))
      await this.#change();
    if (this.signal.aborted) return false;
    this.#openRecords += 1;
    this.#openBytes += delivery.body.length;
    this.#send(delivery);
    return true;
  }

  /** Waits until everything is acknowledged. @returns false when it was stopped before */
  async flush(): Promise<boolean> {
    while (this.#openRecords > 0 && !this.signal.aborted) await this.#change();
    const deadlineMs = performance.now() + STOP_PATIENCE_MS;
    while (this.#openRecords > this.#givenUp && performance.now() < deadlineMs)
      await Promise.race([this.#change(), sleep(STOP_PATIENCE_MS / 10)]);
    return this.#openRecords === 0;
  }

  #send(delivery: DeliveryMessage): void {
    const replayed = { ...delivery, series: this.series };
    const span = this.spanOf(replayed);
    const record = { ...encodeDelivery({ ...replayed, trace: span?.context }), topic: TOPICS.deliveries.name };
    this.producer.enqueue(record, (error) => {
      if (error !== undefined) span?.fail(error.code, error.message);
      span?.end();
      if (error === undefined) {
        this.#backOffMs = FIRST_BACK_OFF_MS;
        this.sent += 1;
        this.#sentMetric.inc();
      } else if (error.code === 'RECORD_TOO_LARGE') {
        this.refused += 1;
        this.observed.metrics.replayRecords.inc({ result: 'skipped' });
        this.observed.log.error({ event: 'replay.refused', event_prn: delivery.event, series: this.series, error });
      } else {
        void this.#sendAgain(delivery);
        return;
      }
      this.#openRecords -= 1;
      this.#openBytes -= delivery.body.length;
      this.#changed?.();
    });
  }

  async #sendAgain(delivery: DeliveryMessage): Promise<void> {
    const waitMs = this.#backOffMs;
    this.#backOffMs = Math.min(waitMs * 2, MAX_BACK_OFF_MS);
    try {
      await sleep(waitMs, undefined, { signal: this.signal });
    } catch {
      // It stays open: the position behind it is never saved.
      this.#givenUp += 1;
      this.#changed?.();
      return;
    }
    this.#send(delivery);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#changed = resolve));
  }
}
