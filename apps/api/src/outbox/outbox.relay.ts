import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { RecordToSend } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { LeaderSession, LOCKS, Outbox, OUTBOX_CHANNEL } from '@fleethook/store';
import { EventRelay } from './event.relay.js';
import { OutboxSweep, SweepStopped } from './outbox.sweep.js';
import { WakeUp } from './wake-up.js';

/** Where changes go: one call at a time, in order, resolved once all in-sync replicas have them. */
export abstract class ConfigPublisher {
  abstract publish(records: readonly RecordToSend[]): Promise<void>;
}

export interface OutboxRelayOptions {
  readonly databaseUrl: string;
  readonly pollIntervalMs: number;
  readonly sweepIntervalMs: number;
}

export const OUTBOX_RELAY_OPTIONS = Symbol('outbox relay options');

/** Small batches: a reader of a compacted topic must never meet one larger than its fetch limit behind an empty one. */
const BATCH = 50;
/** A call to Kafka can last longer than a stopping process may: the row is still there, and is published again. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Carries configuration changes from PostgreSQL to Kafka: select by id, publish, wait for the acknowledgement, delete exactly those ids.
 * One process leads at a time. Whoever loses its session stops at once; a stale write that still lands is put right by the sweep.
 */
@Injectable()
export class OutboxRelay implements BeforeApplicationShutdown {
  readonly #wakeUp = new WakeUp();
  #running: Promise<void> | undefined;
  #stopping = false;
  /** By the monotonic clock: no sweep is left out because the other one is set. */
  #sweepDueMs = 0;
  #sweeping: Promise<unknown> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly sweep: OutboxSweep,
    private readonly publisher: ConfigPublisher,
    private readonly events: EventRelay,
    @Inject(OUTBOX_RELAY_OPTIONS) private readonly options: OutboxRelayOptions,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    metrics.outboxPending.set(0);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp.call();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    });
    await Promise.race([Promise.all([this.#running, this.events.idle()]), deadline]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (this.#isOn()) {
      let session: LeaderSession | undefined;
      try {
        session = await this.#tryToLead();
        if (session === undefined) await this.#look();
        else await this.#lead(session);
      } catch (error) {
        this.log.warn({ event: 'outbox.failed', error }, 'Configuration changes wait: the outbox could not be relayed');
      } finally {
        await session?.close();
        // It goes no further without the lead; whoever leads next, we among them, begins anew.
        await this.#sweeping;
      }
      if (this.#isOn()) await this.#wakeUp.sleep(this.options.pollIntervalMs);
    }
  }

  /** Somebody else leads, or nobody can: what waits is seen in every process. */
  async #look(): Promise<void> {
    this.metrics.outboxPending.set(await this.outbox.count());
    await this.events.look();
  }

  #isOn(): boolean {
    return !this.#stopping;
  }

  #tryToLead(): Promise<LeaderSession | undefined> {
    return LeaderSession.tryToLead({
      databaseUrl: this.options.databaseUrl,
      lock: LOCKS.outboxRelay,
      channel: OUTBOX_CHANNEL,
      onWake: () => this.#wakeUp.call(),
      onEnd: () => this.#wakeUp.call(),
    });
  }

  async #lead(session: LeaderSession): Promise<void> {
    this.log.info({ event: 'outbox.leading' }, 'This process relays configuration changes');
    const mayGoOn = (): boolean => session.leads && !this.#stopping;
    // Whoever led before may have left something wrong.
    this.#sweepDueMs = 0;
    while (mayGoOn()) {
      this.events.begin(mayGoOn);
      await this.#drain(mayGoOn);
      if (!mayGoOn()) return;
      this.#sweepWhenDue(mayGoOn);
      await this.#wakeUp.sleep(this.options.pollIntervalMs);
      await session.check();
    }
  }

  /** Beside the relaying: a sweep reads every row that there is, and no change may wait for that. */
  #sweepWhenDue(mayGoOn: () => boolean): void {
    if (this.#sweeping !== undefined || performance.now() < this.#sweepDueMs) return;
    this.#sweepDueMs = performance.now() + this.options.sweepIntervalMs;
    this.#sweeping = this.sweep
      .run(mayGoOn)
      .then(() => this.#wakeUp.call())
      .catch((error: unknown) => {
        this.#sweepDueMs = performance.now() + this.options.pollIntervalMs;
        if (error instanceof SweepStopped) return;
        this.log.warn({ event: 'outbox.sweep_failed', error }, 'The configuration topic could not be compared');
      })
      .finally(() => (this.#sweeping = undefined));
  }

  /** Publishes until nothing waits. */
  async #drain(mayGoOn: () => boolean): Promise<void> {
    while (mayGoOn()) {
      const rows = await this.outbox.waiting(BATCH);
      this.metrics.outboxPending.set(rows.length < BATCH ? rows.length : await this.outbox.count());
      if (rows.length === 0 || !mayGoOn()) return;
      await this.publisher.publish(rows.map((row) => row.record));
      await this.outbox.remove(rows.map((row) => row.id));
      this.metrics.outboxPublished.inc(rows.length);
    }
  }
}
