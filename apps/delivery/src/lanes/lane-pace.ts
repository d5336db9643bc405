/** What an unknown endpoint is taken for. */
const ASSUMED_LATENCY_MS = 100;
/** Weight of the newest attempt. */
const SMOOTHING = 0.1;

/** An endpoint that recovers must not be left alone for longer than this. */
const LONGEST_PROMISE_MS = 120_000;
/** A well endpoint may be told a time further ahead; then it is told one again. */
const LONGEST_PROMISE_OF_FLOOD_MS = 600_000;

/** How fast a lane works off what waits, from how long its attempts take; and how much work it has promised for later. */
export class LanePace {
  #latencyMs = ASSUMED_LATENCY_MS;
  #promisedUntilMs = 0;

  /** Of recent attempts, smoothed. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** An attempt took so long, failed ones included: they hold a slot just the same. */
  observe(latencyMs: number): void {
    this.#latencyMs += (Math.max(1, latencyMs) - this.#latencyMs) * SMOOTHING;
  }

  /**
   * How long a delivery that finds the lane full should stay away: until what waits is worked off, and what was sent away before it. So a
   * flood is spread over the tiers, rather than rewritten whole every few seconds.
   */
  promise(waiting: number, concurrency: number, latencyMs: number, nowMs: number, isFlooded = false): number {
    const eachMs = latencyMs / concurrency;
    this.#promisedUntilMs = Math.max(this.#promisedUntilMs, nowMs + waiting * eachMs) + eachMs;
    this.#promisedUntilMs = Math.min(
      this.#promisedUntilMs,
      nowMs + (isFlooded ? LONGEST_PROMISE_OF_FLOOD_MS : LONGEST_PROMISE_MS),
    );
    return this.#promisedUntilMs - nowMs;
  }
}
