import { LRUCache } from 'lru-cache';
import { checkUrl, literalAddress } from '../address/check-url.js';
import type { DialPolicy } from '../address/dial-policy.js';

/** Where connections go: scheme, host and port. */
export interface Origin {
  /** `https://host:port`, the port left out when it is 443 */
  readonly key: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** For SNI, which has no addresses (RFC 6066 §3) and no final dot. */
  readonly servername: string | undefined;
}

/** What a URL means, worked out once. */
export interface Target {
  readonly origin: Origin;
  readonly path: string;
}

const MAX_TARGETS = 10_000;

/** Parsed URLs. A webhook's URL comes again with each of its deliveries, and parsing it takes longer than signing does. */
export class Targets {
  readonly #known = new LRUCache<string, Target>({ max: MAX_TARGETS });

  constructor(private readonly policy: DialPolicy) {}

  /** The target, or in words why there is none. */
  of(url: string): Target | string {
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    const fault = checkUrl(url, this.policy);
    if (fault !== undefined) return `the URL ${fault}`;
    const target = targetOf(new URL(url));
    this.#known.set(url, target);
    return target;
  }
}

function targetOf(url: URL): Target {
  const literal =
    url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname) ? literalAddress(url.hostname) : undefined;
  const origin: Origin = {
    key: url.origin,
    host: literal ?? url.hostname,
    port: url.port === '' ? 443 : Number(url.port),
    servername: literal === undefined ? url.hostname.replace(/\.$/, '') : undefined,
  };
  return { origin, path: `${url.pathname}${url.search}` };
}
