import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  atMs: number;
}

/** What became of one request; times in seconds, rounded up, as the headers want them. */
export type Admission = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * A bucket of tokens per caller: it holds `limit`, fills up again within `ttl`, and every request takes one. So a caller may send `limit`
 * at once and `limit / ttl` in the long run; a refused request costs nothing. At most `maxCallers` are remembered: beyond it whoever has
 * been silent longest is forgotten, which is the same as having filled up for most.
 */
export class TokenBuckets implements ThrottlerStorage {
  readonly #buckets: LRUCache<string, Bucket>;

  constructor(
    maxCallers: number,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.#buckets = new LRUCache({ max: maxCallers });
  }

  get size(): number {
    return this.#buckets.size;
  }

  increment(caller: string, ttlMs: number, limit: number): Promise<Admission> {
    const nowMs = this.nowMs();
    const perMs = limit / ttlMs;
    const bucket = this.#buckets.get(caller) ?? { tokens: limit, atMs: nowMs };
    // A clock that was set back must not take tokens away.
    const tokens = Math.min(limit, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs);
    const isBlocked = tokens < 1;
    const left = isBlocked ? tokens : tokens - 1;
    this.#buckets.set(caller, { tokens: left, atMs: nowMs });
    const seconds = (missing: number): number => Math.ceil(missing / perMs / 1_000);
    return Promise.resolve({
      totalHits: limit - Math.floor(left) + (isBlocked ? 1 : 0),
      timeToExpire: seconds(limit - left),
      isBlocked,
      timeToBlockExpire: isBlocked ? Math.max(1, seconds(1 - left)) : 0,
    });
  }
}
