import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ConnectionGone } from '../connections/connection-gone.js';
import { EgressError } from '../egress-error.js';
import { limitTime, type TimeLimited } from '../time-limit.js';
import type { EgressRequest, EgressResult } from './egress-result.js';
import { detailOf, exchangeFailure, isPeerClosed, isRequestInvalid, type Failure } from './failure-class.js';
import { excerptOf, MAX_EXCERPT_BYTES } from './response-excerpt.js';

/** A receiver that sends more informational answers than this sends no final one. */
const MAX_INFORMATIONAL = 64;

/** Thrown at undici to take back a request before it is written; an abort would close the connection, which is still good. */
const WITHDRAWN = new Error('the attempt was over before its request was written');
/** Given to undici when we close the connection. */
const HUNG_UP = new Error('the attempt is over');

/** The connection that an attempt was given. */
export interface AttemptConnection {
  readonly address: string | undefined;
  /** Attempts it was given so far, this one included. */
  readonly attempts: number;
  readonly mayBeStale: boolean;
  /** The answer has come to its end. */
  answerEnded(): void;
  close(): void;
}

/** Where an attempt gets its connection from. */
export interface AttemptPool {
  /** On a connection that is new. */
  submitAgain(attempt: Attempt): void;
  /** Takes back an attempt that waits for a connection, whose time limit is over; tells what that says of one. */
  withdraw(attempt: Attempt): { readonly failure: Failure; readonly address: string | undefined };
}

/** Who waits for an attempt. */
export interface AttemptOwner {
  readonly maxResponseBytes: number;
  /** Told once, before the result is. */
  attemptOver(): void;
}

/**
 * One attempt and undici's handler in one object: what came so far, and the one time limit. It ends exactly once, in a result, or in an
 * error when the request itself was at fault.
 */
export class Attempt implements Dispatcher.DispatchHandler, TimeLimited {
  /** Set by the pool when a connection takes it. */
  connection: AttemptConnection | undefined;
  /** By the monotonic clock. */
  readonly startedAtMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #firstChunk: Buffer | undefined;
  #furtherChunks: Buffer[] | undefined;
  #bodyBytes = 0;
  #informational = 0;
  #hasAnswerBegun = false;
  #isRetried = false;
  #isOver = false;

  constructor(
    readonly request: EgressRequest,
    readonly path: string,
    private readonly pool: AttemptPool,
    private readonly owner: AttemptOwner,
    private readonly resolve: (result: EgressResult) => void,
    private readonly reject: (error: EgressError) => void,
  ) {
    this.#timer = limitTime(this, request.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) throw WITHDRAWN;
    this.#controller = controller;
  }

  onResponseStarted(): void {
    this.#hasAnswerBegun = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) {
      this.#status = status;
      this.#headers = headers;
      return;
    }
    // RFC 9110 §15.2: informational answers come before the final one, and may be ignored.
    if (++this.#informational <= MAX_INFORMATIONAL) return;
    const detail = `more than ${MAX_INFORMATIONAL} informational answers`;
    this.fail({ failure: 'protocol', stage: 'headers', detail });
    controller.abort(HUNG_UP);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bodyBytes < this.#maxExcerptBytes) {
      if (this.#firstChunk === undefined) this.#firstChunk = chunk;
      else (this.#furtherChunks ??= []).push(chunk);
    }
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes <= this.owner.maxResponseBytes) return;
    this.#respond(false);
    controller.abort(HUNG_UP);
  }

  onResponseEnd(): void {
    this.connection?.answerEnded();
    this.#respond(true);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    if (this.#status !== 0) {
      this.#respond(false);
      return;
    }
    if (isRequestInvalid(error)) {
      this.#end();
      // undici says nothing of when it could be used again.
      this.connection?.close();
      this.reject(new EgressError('REQUEST_INVALID', detailOf(error), { cause: error }));
      return;
    }
    if (this.#maySendAgain(error)) {
      this.#isRetried = true;
      this.#controller = undefined;
      this.connection = undefined;
      this.pool.submitAgain(this);
      return;
    }
    this.fail(exchangeFailure(error));
  }

  /** Ends the attempt without an answer. */
  fail(failure: Failure, dialled?: string): void {
    if (!this.#end()) return;
    this.resolve({
      kind: 'failure',
      ...failure,
      address: this.connection?.address ?? dialled,
      latencyMs: this.#latencyMs(),
      connectionReused: this.#isConnectionReused(),
    });
  }

  /** The time limit: what has come by then decides. */
  timeLimitReached(): void {
    if (this.#isOver) return;
    if (this.#status === 0) {
      if (this.connection === undefined) {
        const { failure, address } = this.pool.withdraw(this);
        this.fail(failure, address);
      } else {
        const detail = `no answer within ${this.request.timeoutMs} ms`;
        this.fail({ failure: 'timeout', stage: 'headers', detail });
      }
    } else this.#respond(false);
    this.#controller?.abort(HUNG_UP);
  }

  /** More came than an answer can be, in places that hold nothing of it (a reason, extensions of chunks): what has come by then decides. */
  bytesLimitReached(bytes: number): void {
    if (this.#status === 0)
      this.fail({ failure: 'protocol', stage: 'headers', detail: `more than ${bytes} bytes that are no answer` });
    else this.#respond(false);
    this.#controller?.abort(HUNG_UP);
  }

  /**
   * A receiver may close an idle connection at the very moment at which we send on it (RFC 9112 §9.3.1). Seen from here: a kept-alive connection that
   * ended before a byte of an answer. Then the same request is sent once more at once, on a connection that has just been proven. The
   * receiver may have taken the first one, which at-least-once delivery allows; counting it as a failure would blame a healthy endpoint.
   */
  #maySendAgain(error: Error): boolean {
    if (this.#isRetried || this.#hasAnswerBegun) return false;
    return error instanceof ConnectionGone || (this.connection?.mayBeStale === true && isPeerClosed(error));
  }

  #respond(isComplete: boolean): void {
    if (!this.#end()) return;
    this.resolve({
      kind: 'response',
      status: this.#status,
      headers: joined(this.#headers),
      excerpt: this.#excerpt(isComplete),
      address: this.connection?.address,
      latencyMs: this.#latencyMs(),
      connectionReused: this.#isConnectionReused(),
    });
  }

  #excerpt(isComplete: boolean): string {
    if (this.#firstChunk === undefined) return '';
    const kept =
      this.#furtherChunks === undefined ? this.#firstChunk : Buffer.concat([this.#firstChunk, ...this.#furtherChunks]);
    return excerptOf(kept, isComplete && kept.length === this.#bodyBytes, this.#maxExcerptBytes);
  }

  /** A piece that arrives may be larger than what is to be read: the rest of it is not shown either. */
  get #maxExcerptBytes(): number {
    return Math.min(MAX_EXCERPT_BYTES, this.owner.maxResponseBytes);
  }

  #isConnectionReused(): boolean {
    return this.connection !== undefined && this.connection.attempts > 1;
  }

  #latencyMs(): number {
    return Math.round(performance.now() - this.startedAtMs);
  }

  /** True the first time. */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.owner.attemptOver();
    return true;
  }
}

/** Repeated headers as one (RFC 9110 §5.3). */
function joined(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}
