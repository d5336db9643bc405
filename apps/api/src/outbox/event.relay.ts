import { Inject, Injectable } from '@nestjs/common';
import { RecordProducer } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { EventOutbox } from '@fleethook/store';

const BATCH = 100;

/**
 * Carries the control plane's own events from PostgreSQL to `fleet.events`, for whoever leads the outbox: read, publish, wait for the
 * acknowledgement, delete exactly those. Beside the configuration, so that neither waits for the other. What is published twice (a crash
 * before the deletion, a lead that was lost) is the same event with the same PRN.
 */
@Injectable()
export class EventRelay {
  #round: Promise<void> | undefined;

  constructor(
    private readonly outbox: EventOutbox,
    private readonly producer: RecordProducer,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** Publishes what waits, unless that is being done already. Returns at once and never throws: what fails waits for the next call. */
  begin(mayGoOn: () => boolean): void {
    this.#round ??= this.#drain(mayGoOn)
      .catch((error: unknown) => {
        this.log.warn({ event: 'outbox.events_failed', error }, 'Events wait: they could not be relayed');
      })
      .finally(() => {
        this.#round = undefined;
      });
  }

  /** For whoever does not lead: counts what waits. @throws StoreError */
  async look(): Promise<void> {
    this.metrics.eventOutboxPending.set(await this.outbox.count());
  }

  /** Resolved when nothing is under way. */
  async idle(): Promise<void> {
    await this.#round;
  }

  async #drain(mayGoOn: () => boolean): Promise<void> {
    while (mayGoOn()) {
      const rows = await this.outbox.waiting(BATCH);
      this.metrics.eventOutboxPending.set(rows.length < BATCH ? rows.length : await this.outbox.count());
      if (rows.length === 0 || !mayGoOn()) return;
      await Promise.all(rows.map(({ record }) => this.producer.send({ ...record, topic: TOPICS.events.name })));
      await this.outbox.remove(rows.map(({ id }) => id));
      this.metrics.eventOutboxPublished.inc(rows.length);
    }
  }
}
