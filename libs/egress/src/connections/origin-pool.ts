import type { TLSSocket } from 'node:tls';
import { Fifo } from '@fleethook/queue';
import type { Attempt, AttemptPool } from '../exchange/attempt.js';
import { Connection, type ConnectionOptions, type ConnectionOwner } from './connection.js';
import type { Failure } from '../exchange/failure-class.js';
import { Opening, type Dialling, type OpeningOwner } from './opening.js';
import type { Origin } from './origin.js';

/** What a pool tells of its connections to the one that bounds them over all origins. */
export interface PoolOwner {
  connectionOpened(): void;
  connectionFailed(failure: Failure): void;
  connectionClosed(): void;
  idle(connection: Connection): void;
  busy(connection: Connection): void;
  /** Nothing is open, on its way or waiting: the pool can be dropped. */
  emptied(pool: OriginPool): void;
  staleConnection(): void;
}

export interface PoolOptions extends ConnectionOptions {
  readonly maxConnections: number;
  /** Older connections take no further attempt. */
  readonly maxConnectionAgeMs: number;
}

/**
 * The connections to one origin. An attempt takes the connection that was used last (the others can then grow old and close), else it
 * waits, in order, and a connection is opened for it, up to the bound. Whatever becomes free first takes the one that waits longest. One
 * opening stands behind each waiting attempt, so an opening that fails fails exactly one of them.
 */
export class OriginPool implements AttemptPool, OpeningOwner, ConnectionOwner {
  session: Buffer | undefined;
  readonly #idle: Connection[] = [];
  readonly #waiting = new Fifo<Attempt>();
  readonly #openings = new Set<Opening>();
  #open = 0;
  /** Connections that are about to be free: whoever asks in the same turn as an answer ended waits for them, and opens no other. */
  #finishing = 0;
  #isClosed = false;

  constructor(
    readonly origin: Origin,
    private readonly dialling: Dialling,
    private readonly options: PoolOptions,
    private readonly owner: PoolOwner,
  ) {}

  submit(attempt: Attempt): void {
    let aged: Connection[] | undefined;
    let connection = this.#takeIdle();
    for (; connection !== undefined && this.#isAged(connection); connection = this.#takeIdle())
      (aged ??= []).push(connection);
    if (connection === undefined) this.#waiting.push(attempt);
    else connection.send(attempt);
    // Not before: a pool with neither connections nor attempts is dropped.
    for (const old of aged ?? []) old.close();
    this.#openMore();
  }

  /** For an attempt whose connection had been closed by the peer: its idle neighbours may have been as well, so it gets a new one. */
  submitAgain(attempt: Attempt): void {
    this.owner.staleConnection();
    if (this.#isFull()) this.#idle[0]?.close();
    this.#waiting.push(attempt);
    this.#openMore();
  }

  withdraw(attempt: Attempt): { failure: Failure; address: string | undefined } {
    const { timeoutMs } = attempt.request;
    this.#waiting.delete(attempt);
    const [oldest] = this.#openings;
    if (oldest === undefined) {
      const detail = `no connection was free within ${timeoutMs} ms`;
      return { failure: { failure: 'timeout', stage: 'connect', detail }, address: undefined };
    }
    if (this.#openings.size > this.#waiting.length) {
      oldest.cancel();
      this.#openings.delete(oldest);
      this.#dropIfEmpty();
    }
    return { failure: oldest.tookTooLong(timeoutMs), address: oldest.address };
  }

  /** For when no attempt is in flight any more: what is open, or on its way, is closed now or when it falls idle. */
  close(): void {
    this.#isClosed = true;
    for (const opening of this.#openings) opening.cancel();
    this.#openings.clear();
    for (const connection of this.#idle.slice()) connection.close();
    this.#dropIfEmpty();
  }

  opened(opening: Opening, socket: TLSSocket): void {
    this.#openings.delete(opening);
    this.#open++;
    this.owner.connectionOpened();
    this.freed(new Connection(socket, opening.address, this, this.options), false);
  }

  failed(opening: Opening, failure: Failure): void {
    this.#openings.delete(opening);
    this.owner.connectionFailed(failure);
    if (this.#waiting.length > this.#openings.size && this.#isTold(opening, failure))
      this.#waiting.shift()?.fail(failure, opening.address);
    this.#openMore();
    this.#dropIfEmpty();
  }

  /** What the one that waits longest is told: not the time limit of an opening for another, which has long been served by a connection that became free. */
  #isTold({ startedAtMs }: Opening, { failure }: Failure): boolean {
    return failure !== 'timeout' || (this.#waiting.first?.startedAtMs ?? 0) <= startedAtMs;
  }

  finishing(): void {
    this.#finishing++;
  }

  freed(connection: Connection, wasFinishing: boolean): void {
    if (wasFinishing) this.#finishing--;
    if (this.#isClosed || this.#isAged(connection)) {
      connection.close();
      return;
    }
    const attempt = this.#waiting.shift();
    if (attempt !== undefined) {
      connection.send(attempt);
      return;
    }
    connection.idleSinceMs = performance.now();
    this.#idle.push(connection);
    this.owner.idle(connection);
  }

  closed(connection: Connection, wasFinishing: boolean): void {
    if (wasFinishing) this.#finishing--;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) {
      this.#idle.splice(index, 1);
      this.owner.busy(connection);
    }
    this.#open--;
    this.owner.connectionClosed();
    this.#openMore();
    // undici tells the attempt behind us, in the same event, and it may come back to be sent again.
    queueMicrotask(() => this.#dropIfEmpty());
  }

  #takeIdle(): Connection | undefined {
    const connection = this.#idle.pop();
    if (connection !== undefined) this.owner.busy(connection);
    return connection;
  }

  #isAged(connection: Connection): boolean {
    return performance.now() - connection.openedAtMs >= this.options.maxConnectionAgeMs;
  }

  #isFull(): boolean {
    return this.#open + this.#openings.size >= this.options.maxConnections;
  }

  #openMore(): void {
    while (this.#openings.size + this.#finishing < this.#waiting.length && !this.#isFull()) {
      const opening = new Opening(this.origin, this.dialling, this);
      this.#openings.add(opening);
      opening.start();
    }
  }

  #dropIfEmpty(): void {
    if (this.#open + this.#openings.size + this.#waiting.length === 0) this.owner.emptied(this);
  }
}
