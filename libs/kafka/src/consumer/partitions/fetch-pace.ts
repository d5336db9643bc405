import type { Scheduler } from '../../window/scheduler.js';

/**
 * Keeps the fetches of a busy consumer apart. A fetch costs as much as handling some ten records, whether it brings one or a thousand; the
 * client starts the next one as soon as the last is handed on, so under load most would bring a handful. Whoever waited for records longer
 * than the interval goes on at once: with little to do nothing waits.
 */
export class FetchPace {
  #startedAtMs = -Infinity;
  #waiting: Promise<void> | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly scheduler: Scheduler,
  ) {}

  noteFetch(): void {
    this.#startedAtMs = this.scheduler.now();
  }

  /** Resolves when the next fetch may start; undefined: now. */
  next(): Promise<void> | undefined {
    const waitMs = this.#startedAtMs + this.intervalMs - this.scheduler.now();
    if (waitMs <= 0) return undefined;
    this.#waiting ??= new Promise((resolve) => {
      this.scheduler.after(waitMs, () => {
        this.#waiting = undefined;
        resolve();
      });
    });
    return this.#waiting;
  }
}
