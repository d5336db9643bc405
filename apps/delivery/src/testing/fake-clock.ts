import { Clock } from '../clock.js';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A clock that stands until a spec moves it; timers run on the way. */
export class FakeClock extends Clock {
  nextRandom = 0;
  readonly #timers = new Set<Timer>();

  constructor(private nowMs = 1_700_000_000_000) {
    super();
  }

  now(): number {
    return this.nowMs;
  }

  random(): number {
    return this.nextRandom;
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The times, from now, of the timers that wait. */
  get timersInMs(): number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.nowMs).toSorted((left, right) => left - right);
  }

  advance(byMs: number): void {
    const endMs = this.nowMs + byMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.call();
    }
    this.nowMs = endMs;
  }
}
