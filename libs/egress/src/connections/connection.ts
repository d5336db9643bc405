import type { TLSSocket } from 'node:tls';
import { Client } from 'undici';
import type { Attempt } from '../exchange/attempt.js';
import { ConnectionGone } from './connection-gone.js';
import { ContinueFilter } from './continue-filter.js';

export interface ConnectionOwner {
  /** It will be freed or closed within this turn of the event loop. */
  finishing(): void;
  /** It can take the next attempt. */
  freed(connection: Connection, wasFinishing: boolean): void;
  /** It is gone; told once. */
  closed(connection: Connection, wasFinishing: boolean): void;
}

export interface ConnectionOptions {
  readonly origin: string;
  readonly maxHeaderBytes: number;
  readonly maxResponseBytes: number;
  readonly idleTimeoutMs: number;
}

/** No longer than this on a kept-alive connection, whatever the receiver's `keep-alive` header promises. */
const MAX_IDLE_MS = 60_000;

/** A peer that had closed says so within a round trip. One that hangs up later has read the request, and may be at work on it. */
const STALE_SHOWS_WITHIN_MS = 2_000;

/** What comes for one attempt, on the wire: 64 informational answers with their headers, and a body in chunks of one byte, need less. */
const MAX_WIRE_BYTES = 2_097_152;
const WIRE_BYTES_PER_BODY_BYTE = 64;

/**
 * One open connection, one request at a time. undici speaks HTTP on it; which attempt goes where, and what is done about a connection that
 * closes, is the pool's affair, so undici's client gets this one socket and never another.
 */
export class Connection {
  /** Attempts that were given to it, the current one included. */
  attempts = 0;
  isClosed = false;
  /** By the monotonic clock, as is what follows. */
  readonly openedAtMs = performance.now();
  /** 0: it has not been idle yet. */
  idleSinceMs = 0;
  readonly #client: Client;
  readonly #maxReadBytes: number;
  #attempt: Attempt | undefined;
  #readBytesBefore = 0;
  readonly #continueFilter: ContinueFilter;
  #sentAtMs = 0;
  #isHandedOver = false;
  #isFinishing = false;

  /** @param address that was dialled: behind a proxy, the socket's own is the proxy's */
  constructor(
    private readonly socket: TLSSocket,
    readonly address: string | undefined,
    private readonly owner: ConnectionOwner,
    options: ConnectionOptions,
  ) {
    this.#client = new Client(options.origin, {
      connect: (_options, callback) => {
        // undici counts on an answer in a later turn.
        queueMicrotask(() => {
          if (this.isClosed || this.#isHandedOver) callback(new ConnectionGone(), null);
          else {
            this.#isHandedOver = true;
            callback(null, this.socket);
          }
        });
      },
      allowH2: false,
      pipelining: 1,
      // An attempt has one time limit of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: options.maxHeaderBytes,
      keepAliveTimeout: options.idleTimeoutMs,
      keepAliveMaxTimeout: Math.max(MAX_IDLE_MS, options.idleTimeoutMs),
    });
    // Emitted when the client could take a request again: after an answer, and after a request that was withdrawn unwritten.
    this.#client.on('drain', () => {
      if (!this.isClosed) this.owner.freed(this, this.#finished());
    });
    this.#continueFilter = new ContinueFilter(socket);
    this.#maxReadBytes = MAX_WIRE_BYTES + WIRE_BYTES_PER_BODY_BYTE * options.maxResponseBytes;
    socket.on('readable', () => {
      if (socket.bytesRead - this.#readBytesBefore > this.#maxReadBytes)
        this.#attempt?.bytesLimitReached(this.#maxReadBytes);
    });
    socket.once('close', () => this.#forget());
  }

  /** The peer may have closed it since it last did its work, which cannot always be seen before something is sent; then it shows at once. */
  get mayBeStale(): boolean {
    const hasRested = this.attempts > 1 || this.idleSinceMs > 0;
    return hasRested && performance.now() - this.#sentAtMs < STALE_SHOWS_WITHIN_MS;
  }

  send(attempt: Attempt): void {
    this.attempts++;
    this.#sentAtMs = performance.now();
    this.#continueFilter.expectAnswer();
    attempt.connection = this;
    this.#attempt = attempt;
    this.#readBytesBefore = this.socket.bytesRead;
    this.#client.dispatch(
      { method: 'POST', path: attempt.path, headers: attempt.request.headers, body: attempt.request.body },
      attempt,
    );
  }

  /** undici keeps a connection for one more turn, to see whether the peer closes it. */
  answerEnded(): void {
    this.#attempt = undefined;
    if (this.isClosed) return;
    this.#isFinishing = true;
    this.owner.finishing();
  }

  close(): void {
    this.#forget();
    this.socket.destroy();
  }

  #finished(): boolean {
    const wasFinishing = this.#isFinishing;
    this.#isFinishing = false;
    return wasFinishing;
  }

  #forget(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#attempt = undefined;
    this.owner.closed(this, this.#finished());
  }
}
