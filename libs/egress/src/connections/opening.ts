import { isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { AddressGuard } from '../address/address-guard.js';
import type { HostResolver } from '../egress-options.js';
import type { Stage } from '../exchange/egress-result.js';
import { dialFailure, lookupFailure, type Failure } from '../exchange/failure-class.js';
import type { Origin } from './origin.js';
import type { OutboundProxy } from '../proxy/outbound-proxy.js';
import { Tunnel } from '../proxy/tunnel.js';

/** What every connection of a client is made with. */
export interface Dialling {
  readonly guard: AddressGuard;
  readonly resolver: HostResolver;
  readonly trust: SecureContext;
  readonly connectTimeoutMs: number;
  /** Undefined: endpoints are dialled directly. */
  readonly proxy: OutboundProxy | undefined;
}

/** One of several addresses gets this long before the next is tried as well (RFC 8305 §5 asks for 250 ms, which far receivers miss). */
const NEXT_ADDRESS_AFTER_MS = 1_000;

export interface OpeningOwner {
  /** The latest TLS session with this origin: resuming it saves both sides the key exchange's certificates. */
  session: Buffer | undefined;
  opened(opening: Opening, socket: TLSSocket): void;
  failed(opening: Opening, failure: Failure): void;
}

/** A connection on its way: look-up, guard, TCP, TLS. Tells its owner once how it ended, unless it was cancelled. */
export class Opening {
  stage: Stage & ('dns' | 'connect' | 'tls') = 'dns';
  address: string | undefined;
  #socket: TLSSocket | undefined;
  #tunnel: Tunnel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    private readonly origin: Origin,
    private readonly dialling: Dialling,
    private readonly owner: OpeningOwner,
  ) {}

  start(): void {
    if (isIP(this.origin.host) !== 0) {
      // Not at once: the owner must know of this opening before it hears how it ended.
      queueMicrotask(() => this.#dial([this.origin.host]));
      return;
    }
    this.dialling.resolver.resolve(this.origin.host).then(
      (addresses) => this.#dial(addresses),
      (error: unknown) => this.#fail(lookupFailure(error)),
    );
  }

  /** Ends it without a word to the owner. */
  cancel(): void {
    if (!this.#end()) return;
    this.#tunnel?.cancel();
    this.#socket?.destroy();
  }

  #dial(addresses: readonly string[]): void {
    if (this.#isOver) return;
    const { guard, connectTimeoutMs, proxy } = this.dialling;
    const permitted = guard.permitted(addresses);
    const [first] = permitted;
    if (first === undefined) {
      const refusals = addresses.map((address) => guard.refusal(address) ?? address);
      this.#fail({ failure: 'address_blocked', stage: 'dns', detail: refusals.join('; ').slice(0, 200) });
      return;
    }
    this.stage = 'connect';
    this.address = first;
    this.#timer = setTimeout(() => this.#fail(this.#tookTooLong()), connectTimeoutMs);
    if (proxy !== undefined) {
      this.#dialThrough(proxy, first);
      return;
    }
    const options: ConnectionOptions & TcpNetConnectOpts = {
      ...this.#tlsOptions(),
      host: this.origin.host,
      port: this.origin.port,
      // What was checked is what is dialled: the socket looks nothing up itself.
      lookup: answering(permitted),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(NEXT_ADDRESS_AFTER_MS, Math.floor(connectTimeoutMs / 2))),
    };
    const socket = connect(options);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.once('connect', () => {
      this.stage = 'tls';
      this.address = socket.remoteAddress ?? this.address;
    });
    this.#secure(socket);
  }

  #dialThrough(proxy: OutboundProxy, address: string): void {
    this.#tunnel = new Tunnel(
      proxy,
      { address, port: this.origin.port },
      {
        opened: (way: Socket) => {
          this.#tunnel = undefined;
          this.stage = 'tls';
          way.setNoDelay(true);
          way.setKeepAlive(true, 30_000);
          this.#secure(connect({ ...this.#tlsOptions(), host: this.origin.host, socket: way }));
        },
        failed: (failure) => this.#fail(failure),
      },
    );
    this.#tunnel.open(this.dialling.resolver);
  }

  #tlsOptions(): ConnectionOptions {
    return {
      ...(this.origin.servername !== undefined && { servername: this.origin.servername }),
      ...(this.owner.session !== undefined && { session: this.owner.session }),
      secureContext: this.dialling.trust,
      ALPNProtocols: ['http/1.1'],
      // Said aloud: an environment variable could otherwise turn it off.
      rejectUnauthorized: true,
    };
  }

  #secure(socket: TLSSocket): void {
    this.#socket = socket;
    socket.on('session', (session) => (this.owner.session = session));
    socket.once('secureConnect', () => {
      if (this.#end()) this.owner.opened(this, socket);
    });
    socket.on('error', (error) => this.#fail(dialFailure(error, this.stage === 'tls' ? 'tls' : 'connect')));
    socket.once('close', () =>
      this.#fail({ failure: 'connection_reset', stage: this.stage, detail: 'the connection was closed' }),
    );
  }

  #tookTooLong(): Failure {
    if (this.#tunnel !== undefined) return this.#tunnel.tookTooLong(this.dialling.connectTimeoutMs);
    const doing = this.stage === 'tls' ? 'no TLS handshake' : 'no connection';
    return { failure: 'timeout', stage: this.stage, detail: `${doing} within ${this.dialling.connectTimeoutMs} ms` };
  }

  #fail(failure: Failure): void {
    if (!this.#end()) return;
    this.#tunnel?.cancel();
    this.#socket?.destroy();
    this.owner.failed(this, failure);
  }

  /** True the first time. */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    return true;
  }
}

function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = all;
    if (options.all === true || first === undefined) callback(null, all);
    else callback(null, first.address, first.family);
  };
}
