import { performance } from 'node:perf_hooks';

/** Time as the engine sees it, so that a model can turn the clock. */
export interface Scheduler {
  /** Monotonic milliseconds. */
  now(): number;
  /** @returns cancels it */
  after(delayMs: number, run: () => void): () => void;
}

/** Its timers do not keep the process alive: whoever waits for something holds a connection anyway. */
export const systemScheduler: Scheduler = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
