import type { Log, Metrics } from '@fleethook/observability';
import { Attempt, type AttemptOwner } from './exchange/attempt.js';
import { checkUrl } from './address/check-url.js';
import { DialPolicy } from './address/dial-policy.js';
import { DnsResolver, type LookupMetrics } from './address/dns-resolver.js';
import { EgressError } from './egress-error.js';
import type { EgressOptions } from './egress-options.js';
import type { EgressRequest, EgressResult } from './exchange/egress-result.js';
import { OriginPools, type EgressMetrics } from './connections/origin-pools.js';
import { Targets } from './connections/origin.js';
import { outboundProxyOf } from './proxy/outbound-proxy.js';
import { trustOf } from './connections/trust.js';

export interface EgressContext {
  readonly log: Log;
  readonly metrics: Pick<Metrics, keyof EgressMetrics | keyof LookupMetrics>;
}

const KIB = 1_024;

/** Outbound HTTPS POSTs: connections kept alive and pooled per origin, addresses guarded, every way of failing told apart. */
export class EgressClient implements AttemptOwner {
  readonly #policy: DialPolicy;
  readonly #targets: Targets;
  readonly #pools: OriginPools;
  readonly maxResponseBytes: number;
  #inFlight = 0;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  /** @throws EgressError CA_FILE_UNREADABLE, CIDR_INVALID, PORTS_INVALID, PROXY_INVALID */
  constructor(options: EgressOptions, context: EgressContext) {
    this.#policy = new DialPolicy(options.allowCidrs, options.ports);
    this.#targets = new Targets(this.#policy);
    this.maxResponseBytes = options.maxResponseBytes;
    const dialling = {
      guard: this.#policy.guard,
      resolver: options.resolver ?? new DnsResolver(context.metrics),
      trust: trustOf(options.caFile),
      connectTimeoutMs: options.connectTimeoutMs,
      proxy: options.proxy === undefined ? undefined : outboundProxyOf(options.proxy),
    };
    const limits = {
      maxConnectionsPerOrigin: options.maxConnectionsPerOrigin ?? 50,
      maxIdleConnections: options.maxIdleConnections ?? 4_096,
      idleTimeoutMs: options.idleTimeoutMs ?? 15_000,
      maxHeaderBytes: options.maxHeaderBytes ?? 16 * KIB,
      maxResponseBytes: options.maxResponseBytes,
      maxConnectionAgeMs: options.maxConnectionAgeMs ?? 300_000,
    };
    this.#pools = new OriginPools(dialling, limits, context.metrics);
    if (options.allowCidrs.length > 0)
      context.log.info(
        { event: 'egress.ranges_allowed', cidrs: options.allowCidrs },
        'special address ranges are allowed',
      );
  }

  /**
   * Sends one request and waits for its outcome; whatever the receiver does is a result.
   * @throws EgressError REQUEST_INVALID (a header that HTTP does not allow), CLIENT_CLOSED: ours, not the receiver's
   */
  post(request: EgressRequest): Promise<EgressResult> {
    if (this.#isClosed) return Promise.reject(new EgressError('CLIENT_CLOSED', 'no request is sent any more'));
    const target = this.#targets.of(request.url);
    if (typeof target === 'string') return Promise.resolve(blocked(target));
    this.#inFlight++;
    return new Promise((resolve, reject) => {
      const pool = this.#pools.of(target.origin);
      pool.submit(new Attempt(request, target.path, pool, this, resolve, reject));
    });
  }

  /** Why a URL can never be delivered to from here, the ranges that the operator allows considered; undefined = it may work. */
  checkUrl(url: string): string | undefined {
    return checkUrl(url, this.#policy);
  }

  /** Takes no further requests, waits for those in flight (each has its time limit), and closes every connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#pools.close();
  }

  attemptOver(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#whenIdle?.();
  }
}

function blocked(detail: string): EgressResult {
  return {
    kind: 'failure',
    failure: 'address_blocked',
    stage: 'dns',
    detail: detail.slice(0, 200),
    address: undefined,
    latencyMs: 0,
    connectionReused: false,
  };
}
