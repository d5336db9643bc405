import type { Scheduler } from '../window/scheduler.js';

export interface WatchdogOptions {
  readonly sessionTimeoutMs: number;
  /** A join may take so long without a heartbeat. */
  readonly rebalanceTimeoutMs: number;
  readonly scheduler: Scheduler;
  /** What the brokers say about the group; rejects while they do not answer. */
  readonly groupState: () => Promise<string>;
  readonly onHung: (silentMs: number) => void;
}

/** However short the session: a process that a busy machine did not let run for a while is not hung. */
const SHORTEST_HANG_MS = 30_000;

const REBALANCING_STATES: ReadonlySet<string> = new Set(['PreparingRebalance', 'CompletingRebalance']);

/**
 * A consumer can hang without an error or an event. Heartbeats come from its fetch loop, so their absence shows it. While Kafka does not
 * answer there are none either: then the client's own retries are the cure, and ending the process would only cost repeats.
 */
export class Watchdog {
  #lastSignMs: number;
  #hasJoined = false;
  /** While the consumer is silent: since when Kafka has answered without a gap. */
  #answersSinceMs: number | undefined;
  #isStopped = false;
  #cancel: () => void = () => {};

  constructor(private readonly options: WatchdogOptions) {
    this.#lastSignMs = options.scheduler.now();
  }

  start(): void {
    if (this.#isStopped) return;
    this.#cancel = this.options.scheduler.after(this.options.sessionTimeoutMs / 4, () => {
      void this.#look();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  noteJoined(): void {
    this.#hasJoined = true;
    this.#lastSignMs = this.options.scheduler.now();
  }

  noteHeartbeat(): void {
    this.#lastSignMs = this.options.scheduler.now();
  }

  noteLeft(): void {
    this.#hasJoined = false;
  }

  /** Why the consumer cannot be working now; undefined when it can. */
  get reason(): string | undefined {
    if (!this.#hasJoined) return 'has not joined its group yet';
    const silentMs = this.#silentMs;
    if (silentMs <= this.options.sessionTimeoutMs) return undefined;
    return `last heartbeat ${Math.round(silentMs / 1_000)} s ago`;
  }

  get #silentMs(): number {
    return this.options.scheduler.now() - this.#lastSignMs;
  }

  async #look(): Promise<void> {
    const { sessionTimeoutMs, rebalanceTimeoutMs, scheduler } = this.options;
    const hangMs = Math.max(sessionTimeoutMs, SHORTEST_HANG_MS);
    const state = this.#silentMs > hangMs / 2 ? await this.options.groupState().catch(() => undefined) : undefined;
    if (state === undefined) this.#answersSinceMs = undefined;
    else {
      this.#answersSinceMs ??= scheduler.now();
      const limitMs = REBALANCING_STATES.has(state) ? hangMs + rebalanceTimeoutMs : hangMs;
      const silentMs = this.#silentMs;
      // After an outage the client comes back in its own time: its silence counts from Kafka's first answer.
      const isOverdue = silentMs > limitMs && scheduler.now() - this.#answersSinceMs >= hangMs / 2;
      if (isOverdue && !this.#isStopped) this.options.onHung(silentMs);
    }
    this.start();
  }
}
