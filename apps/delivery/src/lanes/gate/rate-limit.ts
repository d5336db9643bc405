/** So much of what was not used may be made up for: a timer that fires late must not cost a part of the rate. */
const CATCH_UP_MS = 50;
/** Sums of fractions come out a little short. */
const ROUNDING = 1e-9;

/**
 * A bucket of tokens, one per attempt. In any second at most 1.05 times the rate begin, and one more; in the long run exactly the rate.
 * Exact without a shared store, since one process owns a lane.
 */
export class RateLimit {
  #perMs = 0;
  #capacity = 0;
  #tokens = Infinity;
  #atMs = -Infinity;

  /** A new one is full. @param perSecond need not be whole */
  constructor(perSecond: number) {
    this.resize(perSecond);
  }

  /** Between two attempts, milliseconds. */
  get eachMs(): number {
    return 1 / this.#perMs;
  }

  /** What is in the bucket stays, as far as the new one holds it. */
  resize(perSecond: number): void {
    this.#perMs = perSecond / 1_000;
    this.#capacity = 1 + this.#perMs * CATCH_UP_MS;
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  /** @returns 0: a token was taken; else how long until there is one, milliseconds */
  take(nowMs: number): number {
    this.#refill(nowMs);
    if (this.#tokens < 1 - ROUNDING) return (1 - this.#tokens) / this.#perMs;
    this.#tokens -= 1;
    return 0;
  }

  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#capacity;
  }

  #refill(nowMs: number): void {
    // A clock that was set back must not take tokens away.
    if (nowMs > this.#atMs) this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
