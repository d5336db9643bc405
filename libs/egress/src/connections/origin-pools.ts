import { LRUCache } from 'lru-cache';
import type { Metrics } from '@fleethook/observability';
import type { Connection } from './connection.js';
import type { Failure } from '../exchange/failure-class.js';
import type { Dialling } from './opening.js';
import { OriginPool, type PoolOwner } from './origin-pool.js';
import type { Origin } from './origin.js';

export type EgressMetrics = Pick<
  Metrics,
  'egressOrigins' | 'egressConnections' | 'egressOpenConnections' | 'egressStaleConnections'
>;

export interface OriginPoolsOptions {
  readonly maxConnectionsPerOrigin: number;
  readonly maxIdleConnections: number;
  readonly idleTimeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly maxResponseBytes: number;
  readonly maxConnectionAgeMs: number;
}

const MAX_SESSIONS = 2_000;
const SWEEP_INTERVAL_MS = 5_000;

/**
 * All connections of the process. A pool lives as long as its origin has a connection or someone waits for one; connections without work
 * are bounded in number and in age, so an origin that is not called any more leaves nothing but its TLS session behind.
 */
export class OriginPools implements PoolOwner {
  readonly #pools = new Map<string, OriginPool>();
  /** In the order in which they fell idle: the first is the oldest. */
  readonly #idle = new Set<Connection>();
  readonly #sessions = new LRUCache<string, Buffer>({ max: MAX_SESSIONS });
  #sweep: NodeJS.Timeout | undefined;
  #open = 0;

  constructor(
    private readonly dialling: Dialling,
    private readonly options: OriginPoolsOptions,
    private readonly metrics: EgressMetrics,
  ) {
    metrics.egressStaleConnections.inc(0);
    metrics.egressOpenConnections.set(0);
    metrics.egressOrigins.set(0);
  }

  of(origin: Origin): OriginPool {
    let pool = this.#pools.get(origin.key);
    if (pool === undefined) {
      const limits = { ...this.options, origin: origin.key, maxConnections: this.options.maxConnectionsPerOrigin };
      pool = new OriginPool(origin, this.dialling, limits, this);
      pool.session = this.#sessions.get(origin.key);
      this.#pools.set(origin.key, pool);
      this.metrics.egressOrigins.set(this.#pools.size);
    }
    return pool;
  }

  /** For when no attempt is in flight any more. */
  close(): void {
    clearInterval(this.#sweep);
    for (const pool of this.#pools.values()) pool.close();
  }

  connectionOpened(): void {
    this.metrics.egressConnections.inc({ result: 'opened' });
    this.metrics.egressOpenConnections.set(++this.#open);
  }

  connectionFailed(failure: Failure): void {
    this.metrics.egressConnections.inc({ result: failure.failure });
  }

  connectionClosed(): void {
    this.metrics.egressOpenConnections.set(--this.#open);
  }

  staleConnection(): void {
    this.metrics.egressStaleConnections.inc();
  }

  idle(connection: Connection): void {
    this.#idle.add(connection);
    if (this.#idle.size > this.options.maxIdleConnections) {
      const [oldest] = this.#idle;
      oldest?.close();
    }
    this.#sweep ??= setInterval(() => this.#closeAged(), SWEEP_INTERVAL_MS).unref();
  }

  busy(connection: Connection): void {
    this.#idle.delete(connection);
  }

  emptied(pool: OriginPool): void {
    if (this.#pools.get(pool.origin.key) !== pool) return;
    this.#pools.delete(pool.origin.key);
    if (pool.session !== undefined) this.#sessions.set(pool.origin.key, pool.session);
    this.metrics.egressOrigins.set(this.#pools.size);
  }

  /** undici closes what it has served and what then idles; this is for connections that were opened and never needed. */
  #closeAged(): void {
    const idleSinceMs = performance.now() - this.options.idleTimeoutMs;
    for (const connection of this.#idle) {
      if (connection.idleSinceMs > idleSinceMs) return;
      connection.close();
    }
    if (this.#idle.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
