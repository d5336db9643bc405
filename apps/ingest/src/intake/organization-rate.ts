import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** One that falls out begins anew with a full second's worth. */
const MAX_ORGANIZATIONS = 10_000;

/**
 * A token bucket per organization, one second deep. A request is let in while there are tokens and may overdraw them with all its events:
 * no request is cut in the middle, and the rate holds on average, for who overdrew waits until the debt is paid.
 */
export class OrganizationRate {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_ORGANIZATIONS });

  /** @param eventsPerSecond 0 = no limit */
  constructor(private readonly eventsPerSecond: number) {}

  /** How long the organization has to wait, in seconds; undefined when it need not. */
  waitSeconds(organization: string, nowMs: number): number | undefined {
    if (this.eventsPerSecond === 0) return undefined;
    const { tokens } = this.#bucketOf(organization, nowMs);
    return tokens > 0 ? undefined : Math.max(1, Math.ceil((1 - tokens) / this.eventsPerSecond));
  }

  spend(organization: string, events: number, nowMs: number): void {
    if (this.eventsPerSecond === 0) return;
    this.#bucketOf(organization, nowMs).tokens -= events;
  }

  #bucketOf(organization: string, nowMs: number): Bucket {
    let bucket = this.#buckets.get(organization);
    if (bucket === undefined) {
      bucket = { tokens: this.eventsPerSecond, filledAtMs: nowMs };
      this.#buckets.set(organization, bucket);
    }
    // A clock that was set back fills nothing.
    const elapsedSeconds = Math.max(0, nowMs - bucket.filledAtMs) / 1_000;
    bucket.tokens = Math.min(this.eventsPerSecond, bucket.tokens + elapsedSeconds * this.eventsPerSecond);
    bucket.filledAtMs = nowMs;
    return bucket;
  }
}
