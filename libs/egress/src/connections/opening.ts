import { isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { AddressGuard } from '../address/address-guard.js';
import { dialInTurn, type SeveralAddresses } from '../address/several-addresses.js';
import type { HostResolver } from '../egress-options.js';
import type { Stage } from '../exchange/egress-result.js';
import { codeOf, dialFailure, lookupFailure, type Failure } from '../exchange/failure-class.js';
import { LATE_MS, limitTime, type TimeLimited } from '../time-limit.js';
import type { Origin } from './origin.js';
import type { OutboundProxy } from '../proxy/outbound-proxy.js';
import { Tunnels } from '../proxy/tunnels.js';

/** What every connection of a client is made with. */
export interface Dialling {
  readonly guard: AddressGuard;
  readonly resolver: HostResolver;
  readonly trust: SecureContext;
  readonly connectTimeoutMs: number;
  /** Undefined: endpoints are dialled directly. */
  readonly proxy: OutboundProxy | undefined;
}

/** What has not come, by stage. */
const MISSING = { dns: 'no address', connect: 'no connection', tls: 'no TLS handshake' } as const;

export interface OpeningOwner {
  /** The latest TLS session with this origin: resuming it saves both sides the key exchange's certificates. */
  session: Buffer | undefined;
  opened(opening: Opening, socket: TLSSocket): void;
  failed(opening: Opening, failure: Failure): void;
}

/** A connection on its way: look-up, guard, TCP, TLS. Tells its owner once how it ended, unless it was cancelled. */
export class Opening implements TimeLimited {
  stage: Stage & ('dns' | 'connect' | 'tls') = 'dns';
  address: string | undefined;
  #socket: TLSSocket | undefined;
  #tunnels: Tunnels | undefined;
  #timer: NodeJS.Timeout | undefined;
  #advancedAtMs = 0;
  /** An address was given up while this process stood still: it may have answered, unread. */
  #hasMissedAnswer = false;
  #isProlonged = false;
  #isOver = false;

  readonly startedAtMs = performance.now();

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
    this.#tunnels?.cancel();
    this.#socket?.destroy();
  }

  /** It was the process that stood still where a step was found done only now: then what is left has the time once more. */
  timeLimitReached(dueAtMs: number | undefined): void {
    const { connectTimeoutMs } = this.dialling;
    if (this.#isOver) return;
    if (dueAtMs === undefined || this.#isProlonged || this.#advancedAtMs < dueAtMs) {
      this.#fail(this.tookTooLong(connectTimeoutMs));
      return;
    }
    this.#isProlonged = true;
    this.#timer = limitTime(this, connectTimeoutMs);
  }

  /** What a time limit says of it; behind a proxy it may be the proxy that took the time. */
  tookTooLong(timeoutMs: number): Failure {
    if (this.#tunnels !== undefined) return this.#tunnels.tookTooLong(timeoutMs);
    return { failure: 'timeout', stage: this.stage, detail: `${MISSING[this.stage]} within ${timeoutMs} ms` };
  }

  #dial(addresses: readonly string[]): void {
    if (this.#isOver) return;
    const { guard, connectTimeoutMs, proxy } = this.dialling;
    const permitted = guard.permitted(addresses);
    const [first, ...others] = permitted;
    if (first === undefined) {
      const refusals = addresses.map((address) => guard.refusal(address) ?? address);
      this.#fail({ failure: 'address_blocked', stage: 'dns', detail: refusals.join('; ').slice(0, 200) });
      return;
    }
    this.stage = 'connect';
    this.address = first;
    this.#timer = limitTime(this, connectTimeoutMs);
    if (proxy !== undefined) {
      this.#dialThrough(proxy, [first, ...others]);
      return;
    }
    const options: ConnectionOptions & TcpNetConnectOpts & SeveralAddresses = {
      ...this.#tlsOptions(),
      host: this.origin.host,
      port: this.origin.port,
      // What was checked is what is dialled.
      ...dialInTurn(permitted, connectTimeoutMs),
    };
    let attemptedAtMs = performance.now();
    const socket = connect(options);
    socket.on('connectionAttempt', () => (attemptedAtMs = performance.now()));
    socket.on('connectionAttemptTimeout', () => {
      const dueAtMs = attemptedAtMs + options.autoSelectFamilyAttemptTimeout;
      if (performance.now() > dueAtMs + LATE_MS) this.#hasMissedAnswer = true;
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.once('connect', () => {
      this.#advanceToTls(socket.remoteAddress ?? this.address);
    });
    this.#secure(socket, () => this.#dialAgain(addresses));
  }

  /** Once, where an address was given up that may have answered. @returns whether it is dialled again */
  #dialAgain(addresses: readonly string[]): boolean {
    if (this.#isOver || this.#isProlonged || !this.#hasMissedAnswer) return false;
    this.#isProlonged = true;
    clearTimeout(this.#timer);
    this.#dial(addresses);
    return true;
  }

  #dialThrough(proxy: OutboundProxy, addresses: readonly [string, ...string[]]): void {
    this.#tunnels = new Tunnels(proxy, addresses, this.origin.port, this.dialling, {
      opened: (way: Socket, address: string) => {
        this.#tunnels = undefined;
        this.#advanceToTls(address);
        way.setNoDelay(true);
        way.setKeepAlive(true, 30_000);
        this.#secure(connect({ ...this.#tlsOptions(), host: this.origin.host, socket: way }));
      },
      advanced: () => (this.#advancedAtMs = performance.now()),
      failed: (failure) => this.#fail(failure),
    });
    this.#tunnels.open();
  }

  #advanceToTls(address: string | undefined): void {
    this.stage = 'tls';
    this.address = address;
    this.#advancedAtMs = performance.now();
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

  /** @param again tries anew after its addresses were given up; false: it will not */
  #secure(socket: TLSSocket, again: () => boolean = () => false): void {
    this.#socket = socket;
    socket.on('session', (session) => (this.owner.session = session));
    socket.once('secureConnect', () => {
      if (this.#end()) this.owner.opened(this, socket);
    });
    socket.on('error', (error) => {
      if (socket !== this.#socket || (codeOf(error) === 'ETIMEDOUT' && again())) return;
      this.#fail(dialFailure(error, this.stage === 'tls' ? 'tls' : 'connect'));
    });
    socket.once('close', () => {
      if (socket === this.#socket)
        this.#fail({ failure: 'connection_reset', stage: this.stage, detail: 'the connection was closed' });
    });
  }

  #fail(failure: Failure): void {
    if (!this.#end()) return;
    this.#tunnels?.cancel();
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
