import { isIPv4 } from 'node:net';
import type { Metrics } from '@fleethook/observability';
import { LRUCache } from 'lru-cache';
import { askBothFamilies } from './both-families.js';
import { isLocalhost } from './check-url.js';
import { systemLookups, type Lookups } from './lookups.js';
import type { HostResolver } from '../egress-options.js';
import { codeOf } from '../exchange/failure-class.js';

const MAX_TTL_MS = 30_000;
const MIN_TTL_MS = 1_000;
/** A name that is not there is not asked for again at every attempt. */
const FAILURE_TTL_MS = 5_000;
/** With DNS away, what it last said is used for this long. */
const STALE_MS = 300_000;
const MAX_HOSTS = 10_000;

export type LookupMetrics = Pick<Metrics, 'egressLookups' | 'egressKnownNames'>;

interface LastGood {
  readonly addresses: readonly string[];
  readonly atMs: number;
}

interface Known {
  readonly addresses: readonly string[];
  readonly failure: Error | undefined;
  readonly expiresAtMs: number;
  readonly lastGood: LastGood | undefined;
}

interface Found {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
  /** All that DNS has: worth remembering for when it is away. */
  readonly isWhole: boolean;
}

/**
 * Looks names up over DNS without a thread, so that a name server that hangs (an endpoint's owner may run it) delays nobody else's look-up.
 * Only a name that DNS does not know is asked of the system (hosts file, search domains), two at a time. Answers are kept for their TTL,
 * at most 30 s, on a clock that nobody sets; concurrent look-ups of one name are one. IPv4 comes first: it is what receivers put into their
 * allow lists.
 */
export class DnsResolver implements HostResolver {
  readonly #lookups: Lookups;
  readonly #known = new LRUCache<string, Known>({ max: MAX_HOSTS });
  readonly #running = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly metrics: LookupMetrics,
    lookups: Lookups = systemLookups(),
  ) {
    this.#lookups = lookups;
  }

  resolve(hostname: string): Promise<readonly string[]> {
    if (isLocalhost(hostname)) return Promise.resolve(['127.0.0.1', '::1']);
    const known = this.#known.get(hostname);
    if (known !== undefined && performance.now() < known.expiresAtMs) return outcomeOf(known);
    const running = this.#running.get(hostname);
    if (running !== undefined) return running;
    const started = this.#lookUp(hostname, known?.lastGood).finally(() => this.#running.delete(hostname));
    this.#running.set(hostname, started);
    return started;
  }

  async #lookUp(hostname: string, before: LastGood | undefined): Promise<readonly string[]> {
    let next: Known;
    try {
      const { addresses, ttlMs, isWhole } = await this.#query(hostname, usable(before));
      const nowMs = performance.now();
      const lastGood = isWhole ? { addresses, atMs: nowMs } : before;
      next = { addresses, failure: undefined, expiresAtMs: nowMs + ttlMs, lastGood };
      this.metrics.egressLookups.inc({ result: 'found' });
    } catch (error) {
      const failure = error as Error;
      const addresses = isUnknownName(failure) ? [] : usable(before);
      next = { addresses, failure, expiresAtMs: performance.now() + FAILURE_TTL_MS, lastGood: before };
      const result = addresses.length > 0 ? 'stale' : isUnknownName(failure) ? 'unknown' : 'failed';
      this.metrics.egressLookups.inc({ result });
    }
    this.#known.set(hostname, next);
    this.metrics.egressKnownNames.set(this.#known.size);
    return outcomeOf(next);
  }

  async #query(hostname: string, before: readonly string[]): Promise<Found> {
    const [v4, v6] = await askBothFamilies(this.#lookups, hostname);
    const records = [...v4.records, ...v6.records];
    if (records.length > 0) {
      const ttlMs = Math.max(MIN_TTL_MS, Math.min(MAX_TTL_MS, ...records.map((record) => record.ttl * 1_000)));
      const addresses = records.map((record) => record.address);
      if (v4.records.length === 0 && !isUnknownName(v4.failure))
        return {
          addresses: [...before.filter(isIPv4), ...addresses],
          ttlMs: Math.min(ttlMs, FAILURE_TTL_MS),
          isWhole: false,
        };
      return v6.isLate ? { addresses, ttlMs: MIN_TTL_MS, isWhole: false } : { addresses, ttlMs, isWhole: true };
    }
    for (const failure of [v4.failure, v6.failure]) if (!isUnknownName(failure)) throw failure;
    return { addresses: await this.#lookups.system(hostname), ttlMs: MAX_TTL_MS, isWhole: true };
  }
}

/** What was found before, as long as it is worth trying. */
function usable(before: LastGood | undefined): readonly string[] {
  return before !== undefined && performance.now() - before.atMs < STALE_MS ? before.addresses : [];
}

function outcomeOf(known: Known): Promise<readonly string[]> {
  if (known.addresses.length > 0) return Promise.resolve(known.addresses);
  return Promise.reject(known.failure ?? new Error('the name has no address'));
}

/** DNS said that there is no such name or record, or there is no DNS at all (no server: the query is refused on this machine). */
function isUnknownName(failure: unknown): boolean {
  if (failure === undefined) return true;
  const code = codeOf(failure);
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'ECONNREFUSED';
}
