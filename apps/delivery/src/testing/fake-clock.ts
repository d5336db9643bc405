import { Clock } from '../clock.js';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** Far from the wall's time, so that a mix of both shows. */
const STARTED_MS = 5_000;

/** A clock that stands until a spec moves it; timers run on the way. */
export class FakeClock extends Clock {
  nextRandom = 0;
  #elapsedMs = STARTED_MS;
  #wallMs: number;
  readonly #timers = new Set<Timer>();

  /** @param startMs epoch milliseconds */
  constructor(startMs = 1_700_000_000_000) {
    super();
    this.#wallMs = startMs - STARTED_MS;
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  /** Somebody sets the machine's clock. */
  step(byMs: number): void {
    this.#wallMs += byMs;
  }

  random(): number {
    return this.nextRandom;
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The times, from now, of the timers that wait. */
  get timersInMs(): number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#elapsedMs).toSorted((left, right) => left - right);
  }

  advance(byMs: number): void {
    const endMs = this.#elapsedMs + byMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.call();
    }
    this.#elapsedMs = endMs;
  }
}
