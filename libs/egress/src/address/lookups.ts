import { lookup, Resolver } from 'node:dns/promises';

const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;
/** getaddrinfo blocks one of the process's 4 pool threads, which files and other look-ups need too. */
const MAX_SYSTEM_LOOKUPS = 2;
/** And so many wait for their turn; what comes then has no time for it anyway. */
const MAX_WAITING_SYSTEM_LOOKUPS = 1_000;

export interface AddressRecord {
  readonly address: string;
  /** In seconds. */
  readonly ttl: number;
}

/** The two ways to look up a name; replaced in specs. */
export interface Lookups {
  readonly resolve4: (hostname: string) => Promise<readonly AddressRecord[]>;
  readonly resolve6: (hostname: string) => Promise<readonly AddressRecord[]>;
  readonly system: (hostname: string) => Promise<readonly string[]>;
}

/** DNS without a thread, and the system with two of its threads at most. */
export function systemLookups(): Lookups {
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
