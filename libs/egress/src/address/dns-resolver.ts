import { lookup, Resolver } from 'node:dns/promises';
import type { Metrics } from '@fleethook/observability';
import { LRUCache } from 'lru-cache';
import { isLocalhost } from './check-url.js';
import type { HostResolver } from '../egress-options.js';
import { codeOf } from '../exchange/failure-class.js';

const MAX_TTL_MS = 30_000;
const MIN_TTL_MS = 1_000;
/** A name that is not there is not asked for again at every attempt. */
const FAILURE_TTL_MS = 5_000;
/** With DNS away, what it last said is used for this long. */
const STALE_MS = 300_000;
const MAX_HOSTS = 10_000;
/** RFC 8305 §3, "Resolution Delay": how long one address family waits for the other's answer. */
const RESOLUTION_DELAY_MS = 50;
const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;
/** getaddrinfo blocks one of the process's 4 pool threads, which files and other look-ups need too. */
const MAX_SYSTEM_LOOKUPS = 2;
/** And so many wait for their turn; what comes then has no time for it anyway. */
const MAX_WAITING_SYSTEM_LOOKUPS = 1_000;

export type LookupMetrics = Pick<Metrics, 'egressLookups' | 'egressKnownNames'>;

interface Known {
  readonly addresses: readonly string[];
  readonly failure: Error | undefined;
  readonly expiresAtMs: number;
  readonly lastGood: { readonly addresses: readonly string[]; readonly atMs: number } | undefined;
}

/** The two ways to look up a name; replaced in specs. */
export interface Lookups {
  readonly resolve4: (hostname: string) => Promise<readonly { address: string; ttl: number }[]>;
  readonly resolve6: (hostname: string) => Promise<readonly { address: string; ttl: number }[]>;
  readonly system: (hostname: string) => Promise<readonly string[]>;
}

/**
 * Looks names up over DNS without a thread, so that a name server that hangs (an endpoint's owner may run it) delays nobody else's look-up.
 * Only a name that DNS does not know is asked of the system (hosts file, search domains), two at a time. Answers are kept for their TTL,
 * at most 30 s; concurrent look-ups of one name are one. IPv4 comes first: it is what receivers put into their allow lists.
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
    if (known !== undefined && Date.now() < known.expiresAtMs) return outcomeOf(known);
    const running = this.#running.get(hostname);
    if (running !== undefined) return running;
    const started = this.#lookUp(hostname, known).finally(() => this.#running.delete(hostname));
    this.#running.set(hostname, started);
    return started;
  }

  async #lookUp(hostname: string, previous: Known | undefined): Promise<readonly string[]> {
    let next: Known;
    try {
      const { addresses, ttlMs } = await this.#query(hostname);
      const nowMs = Date.now();
      const lastGood = { addresses, atMs: nowMs };
      next = { addresses, failure: undefined, expiresAtMs: nowMs + ttlMs, lastGood };
      this.metrics.egressLookups.inc({ result: 'found' });
    } catch (error) {
      const nowMs = Date.now();
      const failure = error as Error;
      const lastGood = previous?.lastGood;
      const isStaleUsable = lastGood !== undefined && nowMs - lastGood.atMs < STALE_MS && !isUnknownName(failure);
      const addresses = isStaleUsable ? lastGood.addresses : [];
      next = { addresses, failure, expiresAtMs: nowMs + FAILURE_TTL_MS, lastGood };
      const result = isStaleUsable ? 'stale' : isUnknownName(failure) ? 'unknown' : 'failed';
      this.metrics.egressLookups.inc({ result });
    }
    this.#known.set(hostname, next);
    this.metrics.egressKnownNames.set(this.#known.size);
    return outcomeOf(next);
  }

  async #query(hostname: string): Promise<{ addresses: readonly string[]; ttlMs: number }> {
    const four = settle(this.#lookups.resolve4(hostname));
    const six = settle(this.#lookups.resolve6(hostname));
    const first = await Promise.race([four, six]);
    const [v4, v6] =
      first.records.length > 0
        ? await Promise.all([withinDelay(four), withinDelay(six)])
        : await Promise.all([four, six]);
    const records = [...v4.records, ...v6.records];
    if (records.length > 0) {
      const ttlMs = Math.min(MAX_TTL_MS, ...records.map((record) => record.ttl * 1_000));
      return { addresses: records.map((record) => record.address), ttlMs: Math.max(MIN_TTL_MS, ttlMs) };
    }
    for (const failure of [v4.failure, v6.failure]) if (!isUnknownName(failure)) throw failure;
    return { addresses: await this.#lookups.system(hostname), ttlMs: MAX_TTL_MS };
  }
}

function outcomeOf(known: Known): Promise<readonly string[]> {
  if (known.addresses.length > 0) return Promise.resolve(known.addresses);
  return Promise.reject(known.failure ?? new Error('the name has no address'));
}

interface Answer {
  readonly records: readonly { address: string; ttl: number }[];
  readonly failure: unknown;
}

async function settle(query: Promise<Answer['records']>): Promise<Answer> {
  try {
    return { records: await query, failure: undefined };
  } catch (failure) {
    return { records: [], failure };
  }
}

async function withinDelay(answer: Promise<Answer>): Promise<Answer> {
  const { promise: late, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(resolve, RESOLUTION_DELAY_MS, { records: [], failure: undefined });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** DNS said that there is no such name or record, or there is no DNS at all (no server: the query is refused on this machine). */
function isUnknownName(failure: unknown): boolean {
  if (failure === undefined) return true;
  const code = codeOf(failure);
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'ECONNREFUSED';
}

function systemLookups(): Lookups {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    resolve4: (hostname) => resolver.resolve4(hostname, { ttl: true }),
    resolve6: (hostname) => resolver.resolve6(hostname, { ttl: true }),
    async system(hostname) {
      if (waiting.length >= MAX_WAITING_SYSTEM_LOOKUPS)
        throw Object.assign(new Error('too many names wait to be looked up'), { code: 'ETIMEOUT' });
      if (running >= MAX_SYSTEM_LOOKUPS) await new Promise<void>((resolve) => waiting.push(resolve));
      else running++;
      try {
        const found = await lookup(hostname, { all: true, order: 'ipv4first' });
        return found.map(({ address }) => address);
      } finally {
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}
