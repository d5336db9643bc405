import { Inject, Injectable } from '@nestjs/common';
import type { EgressResult } from '@fleethook/egress';
import type { Prn } from '@fleethook/events';
import type { OwnHeaders } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import { failedTestFire, type FailedTestFire } from './failed-test-fire.js';
import { signedRequest, testFireEnvelope } from './test-fire.js';

/** How a test fire leaves: the outbound client with its address guard. It never throws for what a receiver does. */
export abstract class TestFireTransport {
  abstract post(request: {
    url: string;
    headers: Readonly<Record<string, string>>;
    body: Buffer;
    timeoutMs: number;
  }): Promise<EgressResult>;
}

export interface Endpoint {
  readonly organization: Prn<'organization'>;
  readonly webhook: Prn<'webhook'>;
  readonly url: string;
  /** That sign, oldest first. */
  readonly secrets: readonly Buffer[];
  readonly ownHeaders: OwnHeaders;
  /** Null: the default. */
  readonly timeoutMs: number | null;
}

/** `refused` says what came back, in words and in full; `busy` means that too many run already. */
export type Verification =
  { kind: 'verified' } | { kind: 'refused'; message: string; testFire: FailedTestFire } | { kind: 'busy' };

const DEFAULT_TIMEOUT_MS = 10_000;
/** Each may take its time limit and hold a connection: this many at once, and one organization at most half of them. */
const MAX_CONCURRENT = 256;
const MAX_CONCURRENT_PER_ORGANIZATION = MAX_CONCURRENT / 2;

/** Asks an endpoint whether it is one: it must answer a signed test fire with exactly 200. */
@Injectable()
export class WebhookVerification {
  #running = 0;
  readonly #runningOf = new Map<string, number>();

  constructor(
    private readonly transport: TestFireTransport,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async verify(endpoint: Endpoint): Promise<Verification> {
    const { organization } = endpoint;
    const runningOfIt = this.#runningOf.get(organization) ?? 0;
    if (this.#running >= MAX_CONCURRENT || runningOfIt >= MAX_CONCURRENT_PER_ORGANIZATION) return { kind: 'busy' };
    this.#running++;
    this.#runningOf.set(organization, runningOfIt + 1);
    try {
      return await this.#fire(endpoint);
    } finally {
      this.#running--;
      const left = (this.#runningOf.get(organization) ?? 1) - 1;
      if (left === 0) this.#runningOf.delete(organization);
      else this.#runningOf.set(organization, left);
    }
  }

  async #fire(endpoint: Endpoint): Promise<Verification> {
    const nowMs = Date.now();
    const envelope = testFireEnvelope(endpoint.organization, endpoint.webhook, nowMs);
    const { url, ownHeaders } = endpoint;
    const request = signedRequest(envelope, endpoint.secrets, ownHeaders, nowMs);
    const timeoutMs = endpoint.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const result = await this.transport.post({ url, ...request, timeoutMs });
    const message = faultOf(result, timeoutMs);
    this.log.info({
      event: 'webhook.verified',
      webhook: endpoint.webhook,
      organization: endpoint.organization,
      outcome: result.kind === 'response' ? 'response' : result.failure,
      status: result.kind === 'response' ? result.status : undefined,
      latency_ms: Math.round(result.latencyMs),
      accepted: message === undefined,
    });
    if (message === undefined) return { kind: 'verified' };
    return { kind: 'refused', message, testFire: failedTestFire(url, { ...request, ownHeaders, atMs: nowMs }, result) };
  }
}

/**
 * Why an answer does not do; undefined for 200. It names the status or the kind of failure only: neither the answer's text nor the address
 * behind a name, or this would be a way to look around in our network. See failed-test-fire.ts for what else may be shown.
 */
function faultOf(result: EgressResult, timeoutMs: number): string | undefined {
  if (result.kind === 'response')
    return result.status === 200 ? undefined : `must answer a test fire with 200; it answered ${result.status}`;
  switch (result.failure) {
    case 'timeout':
      return `must answer a test fire with 200 within ${timeoutMs / 1_000} s; it took too long (${result.stage})`;
    case 'dns':
      return 'must answer a test fire with 200; its host name could not be resolved';
    case 'connection_refused':
      return 'must answer a test fire with 200; the connection was refused';
    case 'connection_reset':
      return 'must answer a test fire with 200; the connection was closed before an answer';
    case 'tls':
      return 'must answer a test fire with 200; its TLS certificate or handshake was not accepted';
    case 'address_blocked':
      return 'must answer a test fire with 200; its address is not one that may be called';
    case 'proxy':
      return 'could not be called: the platform could not get out through its own proxy; try again later';
    case 'protocol':
      return 'must answer a test fire with 200; what it answered is not HTTP';
  }
}
