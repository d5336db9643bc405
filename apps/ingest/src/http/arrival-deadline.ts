import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

export const TOO_SLOW = 'The request took too long to arrive';

/** By the connection on which a request arrives; pipelined ones arrive one after the other. */
const deadlines = new WeakMap<Socket, ArrivalDeadline>();

/**
 * The time within which a request has to arrive, for a route that reads and answers it: only the route knows what has been accepted by
 * then. The HTTP server has the clock. The route's answer ends the connection, on which the rest of the request may still come.
 */
export class ArrivalDeadline {
  readonly #passed = new AbortController();
  readonly #socket: Socket;

  constructor(
    request: FastifyRequest,
    private readonly reply: FastifyReply,
  ) {
    this.#socket = request.raw.socket;
    deadlines.set(this.#socket, this);
  }

  /**
   * To be called when the HTTP server's time for a request is over.
   * @returns false when no route answers for it: its headers are missing, or it has been answered already
   */
  static pass(socket: Socket): boolean {
    const deadline = deadlines.get(socket);
    if (deadline === undefined) return false;
    void deadline.reply.header('connection', 'close');
    deadline.#passed.abort(new Problem(408, TOO_SLOW));
    return true;
  }

  /** Aborted when the time is over; the reason is the Problem 408. */
  get signal(): AbortSignal {
    return this.#passed.signal;
  }

  /** The route has its answer. */
  release(): void {
    if (deadlines.get(this.#socket) === this) deadlines.delete(this.#socket);
  }
}
