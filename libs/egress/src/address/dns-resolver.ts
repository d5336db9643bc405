import { isIPv4, isIPv6 } from 'node:net';
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

/** An address, and when DNS told it last. */
interface Told {
  readonly address: string;
  readonly atMs: number;
}

interface Known {
  readonly addresses: readonly string[];
  readonly failure: Error | undefined;
  readonly expiresAtMs: number;
  /** For when DNS is away. */
  readonly lastGood: readonly Told[];
  readonly wasV6Late: boolean;
}

interface Found {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
  /** Undefined: what was known before stays. */
  readonly lastGood: readonly Told[] | undefined;
  readonly isV6Late: boolean;
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
    const started = this.#lookUp(hostname, known).finally(() => this.#running.delete(hostname));
    this.#running.set(hostname, started);
    return started;
  }

  async #lookUp(hostname: string, known: Known | undefined): Promise<readonly string[]> {
    const before = known?.lastGood ?? [];
    let next: Known;
    try {
      const found = await this.#query(hostname, usable(before), known?.wasV6Late === true);
      const { addresses, ttlMs, lastGood = before, isV6Late: wasV6Late } = found;
      next = { addresses, failure: undefined, expiresAtMs: performance.now() + ttlMs, lastGood, wasV6Late };
      this.metrics.egressLookups.inc({ result: 'found' });
    } catch (error) {
      const failure = error as Error;
      const addresses = isUnknownName(failure) ? [] : addressesOf(usable(before));
      const expiresAtMs = performance.now() + FAILURE_TTL_MS;
      next = { addresses, failure, expiresAtMs, lastGood: before, wasV6Late: false };
      const result = addresses.length > 0 ? 'stale' : isUnknownName(failure) ? 'unknown' : 'failed';
      this.metrics.egressLookups.inc({ result });
    }
    this.#known.set(hostname, next);
    this.metrics.egressKnownNames.set(this.#known.size);
    return outcomeOf(next);
  }

  async #query(hostname: string, before: readonly Told[], wasV6Late: boolean): Promise<Found> {
    const [v4, v6] = await askBothFamilies(this.#lookups, hostname);
    const records = [...v4.records, ...v6.records];
    if (records.length === 0) {
      for (const failure of [v4.failure, v6.failure]) if (!isUnknownName(failure)) throw failure;
      const addresses = await this.#lookups.system(hostname);
      return { addresses, ttlMs: MAX_TTL_MS, lastGood: told(addresses), isV6Late: false };
    }
    const ttlMs = Math.max(MIN_TTL_MS, Math.min(MAX_TTL_MS, ...records.map((record) => record.ttl * 1_000)));
    const addresses = records.map((record) => record.address);
    if (v4.records.length === 0 && !isUnknownName(v4.failure)) {
      const v4Before = addressesOf(before).filter(isIPv4);
      return {
        addresses: [...v4Before, ...addresses],
        ttlMs: Math.min(ttlMs, FAILURE_TTL_MS),
        lastGood: undefined,
        isV6Late: false,
      };
    }
    if (!v6.isLate) return { addresses, ttlMs, lastGood: told(addresses), isV6Late: false };
    // A family that was late once is asked for again soon; one that always is would have its name looked up every second.
    const lastGood = [...told(addresses), ...before.filter(({ address }) => isIPv6(address))];
    return { addresses: addressesOf(lastGood), ttlMs: wasV6Late ? ttlMs : MIN_TTL_MS, lastGood, isV6Late: true };
  }
}

function told(addresses: readonly string[]): readonly Told[] {
  const atMs = performance.now();
  return addresses.map((address) => ({ address, atMs }));
}

/** What was found before, as long as it is worth trying. */
function usable(before: readonly Told[]): readonly Told[] {
  const oldestMs = performance.now() - STALE_MS;
  return before.filter(({ atMs }) => atMs > oldestMs);
}

function addressesOf(told: readonly Told[]): readonly string[] {
  return told.map(({ address }) => address);
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
