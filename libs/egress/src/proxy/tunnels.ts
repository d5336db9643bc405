import type { Socket } from 'node:net';
import type { Failure } from '../exchange/failure-class.js';
import type { OutboundProxy } from './outbound-proxy.js';
import { Tunnel, type ProxyDialling } from './tunnel.js';

export interface TunnelsOwner {
  /** The proxy has been reached, or has said that an address leads nowhere: it goes on. */
  advanced(): void;
  opened(socket: Socket, address: string): void;
  failed(failure: Failure): void;
}

/**
 * A way through the proxy to one of an endpoint's addresses. As without a proxy the next address is tried when one fails, each through a tunnel
 * of its own; but not when it is the proxy that fails. Where none leads anywhere the first one's failure speaks for all.
 */
export class Tunnels {
  #current: Tunnel;
  #firstFailure: Failure | undefined;
  readonly #others: string[];

  /** @param addresses in the order in which they are tried */
  constructor(
    private readonly proxy: OutboundProxy,
    addresses: readonly [string, ...string[]],
    private readonly port: number,
    private readonly dialling: ProxyDialling,
    private readonly owner: TunnelsOwner,
  ) {
    const [first, ...others] = addresses;
    this.#current = this.#to(first);
    this.#others = others;
  }

  open(): void {
    this.#current.open(this.dialling);
  }

  /** Ends it without a word to the owner. */
  cancel(): void {
    this.#current.cancel();
  }

  /** What a time limit says of it. */
  tookTooLong(timeoutMs: number): Failure {
    return this.#current.tookTooLong(timeoutMs);
  }

  #to(address: string): Tunnel {
    const target = { address, port: this.port };
    return new Tunnel(this.proxy, target, {
      asked: () => this.owner.advanced(),
      opened: (socket) => this.owner.opened(socket, address),
      failed: (failure) => this.#failed(failure),
    });
  }

  #failed(failure: Failure): void {
    this.#firstFailure ??= failure;
    const next = failure.failure === 'proxy' ? undefined : this.#others.shift();
    if (next === undefined) {
      this.owner.failed(this.#firstFailure);
      return;
    }
    this.owner.advanced();
    this.#current = this.#to(next);
    this.#current.open(this.dialling);
  }
}
