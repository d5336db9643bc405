import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { isIP, isIPv6, type Socket } from 'node:net';
import { dialInTurn } from '../address/several-addresses.js';
import type { HostResolver } from '../egress-options.js';
import { dialFailure, lookupFailure, type Failure } from '../exchange/failure-class.js';
import type { OutboundProxy } from './outbound-proxy.js';
import { proxyRefusal } from './proxy-refusal.js';

const MAX_ANSWER_HEADER_BYTES = 8_192;

/** How the proxy is come by. */
export interface ProxyDialling {
  readonly resolver: HostResolver;
  readonly connectTimeoutMs: number;
}

export interface TunnelOwner {
  /** The proxy has been reached; `opened` or `failed` follows. */
  asked(): void;
  opened(socket: Socket): void;
  failed(failure: Failure): void;
}

/**
 * A way through the proxy to one address (RFC 9110 §9.3.6, CONNECT). The proxy is told the address and not the name: what was checked is what
 * is dialled, by the proxy as without one. It is the operator's, so that its own address is not checked. What the proxy fails at is told
 * apart from what the endpoint does.
 */
export class Tunnel {
  #request: ClientRequest | undefined;
  #isOver = false;
  /** The proxy has been asked: from here a silence may be the endpoint's. */
  #isAsked = false;

  constructor(
    private readonly proxy: OutboundProxy,
    private readonly target: { readonly address: string; readonly port: number },
    private readonly owner: TunnelOwner,
  ) {}

  open({ resolver, connectTimeoutMs }: ProxyDialling): void {
    const { host } = this.proxy;
    if (isIP(host) !== 0) {
      this.#ask([host], connectTimeoutMs);
      return;
    }
    resolver.resolve(host).then(
      (addresses) => this.#ask(addresses, connectTimeoutMs),
      (error: unknown) => this.#fail(ofTheProxy(lookupFailure(error).detail)),
    );
  }

  /** Ends it without a word to the owner. */
  cancel(): void {
    this.#isOver = true;
    this.#request?.destroy();
  }

  /** What a time limit says of it. */
  tookTooLong(timeoutMs: number): Failure {
    const detail = `no way through the proxy within ${timeoutMs} ms`;
    return this.#isAsked ? { failure: 'timeout', stage: 'connect', detail } : ofTheProxy(detail);
  }

  #ask(addresses: readonly string[], timeoutMs: number): void {
    if (this.#isOver) return;
    if (addresses.length === 0) {
      this.#fail(ofTheProxy("the proxy's name has no address"));
      return;
    }
    const { host, port, authorization } = this.proxy;
    const { address: to } = this.target;
    const authority = `${isIPv6(to) ? `[${to}]` : to}:${this.target.port}`;
    const asked = request({
      ...dialInTurn(addresses, timeoutMs),
      host,
      port,
      method: 'CONNECT',
      path: authority,
      agent: false,
      maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
      headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    });
    this.#request = asked;
    asked.once('socket', (socket) => socket.once('connect', () => this.#reached()));
    asked.once('connect', (answer, socket, head) => this.#answered(answer, socket, head));
    // Any other answer than one to CONNECT ends it as well: `response` comes for none.
    asked.on('error', (error) => this.#fail(ofTheProxy(dialFailure(error, 'connect').detail)));
    asked.once('close', () => this.#fail(ofTheProxy('the connection to the proxy was closed')));
    asked.end();
  }

  #reached(): void {
    this.#isAsked = true;
    if (!this.#isOver) this.owner.asked();
  }

  #answered({ statusCode: status = 0, headers }: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.#isOver) {
      socket.destroy();
      return;
    }
    if (status >= 200 && status <= 299) {
      this.#isOver = true;
      if (head.length > 0) socket.unshift(head);
      this.owner.opened(socket);
      return;
    }
    socket.destroy();
    this.#fail(proxyRefusal(status, headers));
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return;
    this.cancel();
    this.owner.failed(failure);
  }
}

function ofTheProxy(detail: string): Failure {
  return { failure: 'proxy', stage: 'connect', detail };
}
