import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** One that falls out begins anew with a full second's worth. */
const MAX_ORGANIZATIONS = 10_000;

/**
 * A token bucket per organization, one second deep. A request is let in while there are tokens and may overdraw them with all its events:
 * no request is cut in the middle, and the rate holds on average, for who overdrew waits until the debt is paid. Requests overlap: what is
 * accepted within a time is at most the bucket, its filling, and what was under way when a request was last let in.
 */
export class OrganizationRate {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_ORGANIZATIONS });

  /**
   * @param eventsPerSecond 0 = no limit
   * @param clock in milliseconds; never goes back, so that no time fills a bucket twice
   */
  constructor(
    private readonly eventsPerSecond: number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** How long the organization has to wait, in seconds; undefined when it need not. */
  waitSeconds(organization: string): number | undefined {
    if (this.eventsPerSecond === 0) return undefined;
    const { tokens } = this.#filled(organization);
    return tokens > 0 ? undefined : Math.max(1, Math.ceil((1 - tokens) / this.eventsPerSecond));
  }

  spend(organization: string, events: number): void {
    if (this.eventsPerSecond === 0) return;
    this.#filled(organization).tokens -= events;
  }

  #filled(organization: string): Bucket {
    const nowMs = this.clock();
    let bucket = this.#buckets.get(organization);
    if (bucket === undefined) {
      bucket = { tokens: this.eventsPerSecond, filledAtMs: nowMs };
      this.#buckets.set(organization, bucket);
    }
    const elapsedSeconds = (nowMs - bucket.filledAtMs) / 1_000;
    bucket.tokens = Math.min(this.eventsPerSecond, bucket.tokens + elapsedSeconds * this.eventsPerSecond);
    bucket.filledAtMs = nowMs;
    return bucket;
  }
}
