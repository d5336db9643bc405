export interface BackoffOptions {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Who ran for this long was healthy: the next delay is the first one again. */
  readonly healthyAfterMs: number;
}

/** How long to wait before something that ended is started again: doubling, never giving up. */
export class Backoff {
  private nextDelay: number;

  constructor(
    private readonly options: BackoffOptions = { firstDelayMs: 500, maxDelayMs: 30_000, healthyAfterMs: 60_000 },
  ) {
    this.nextDelay = options.firstDelayMs;
  }

  /** @param ranForMs how long it ran before it ended */
  delayAfterMs(ranForMs: number): number {
    const { firstDelayMs, maxDelayMs, healthyAfterMs } = this.options;
    const delay = ranForMs >= healthyAfterMs ? firstDelayMs : this.nextDelay;
    this.nextDelay = Math.min(delay * 2, maxDelayMs);
    return delay;
  }
}
