import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { certificates } from '../support/certificates.js';
import { indexOfEvent } from './event-range.js';

/** One in so many is refused at first, so that retries are part of every run. */
const REFUSED_ONE_IN = 50;
const MOST_COUNTED = 255;
const ANSWER_WITHIN_MS = 8;

/** A receiver for more deliveries than could be kept: it counts, by the place of the event in its range. */
export class CountingReceiver implements AsyncDisposable {
  readonly #counts: Uint8Array;
  #distinct = 0;
  #duplicates = 0;
  #inFlight = 0;
  #largestInFlight = 0;
  #requests = 0;
  /** Told of every event when it is answered with success for the first time. @param index its place in the range */
  onFirst: (index: number) => void = () => {};

  private constructor(
    private readonly server: Server,
    size: number,
  ) {
    this.#counts = new Uint8Array(size);
    server.on('request', (request, response) => this.#take(request, response));
  }

  static async listen(size: number): Promise<CountingReceiver> {
    const { server: certificate } = await certificates();
    const server = createServer({ ...certificate, keepAliveTimeout: 60_000 });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CountingReceiver(server, size);
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Signatures have tests of their own. */
  expectSignatures(): void {}

  /** Events that were answered with success. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Answered with success again, each repeat counted. */
  get duplicates(): number {
    return this.#duplicates;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get largestInFlight(): number {
    return this.#largestInFlight;
  }

  has(index: number): boolean {
    return (this.#counts[index] ?? 0) > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.#inFlight += 1;
    this.#largestInFlight = Math.max(this.#largestInFlight, this.#inFlight);
    response.on('close', () => void (this.#inFlight -= 1));
    request.resume();
    request.on('end', () => {
      const isRefused = ++this.#requests % REFUSED_ONE_IN === 0;
      setTimeout(() => {
        if (response.destroyed) return;
        if (!isRefused) this.#count(indexOfEvent(String(request.headers['webhook-id'])));
        response.writeHead(isRefused ? 500 : 200, { 'content-length': 0 });
        response.end();
      }, this.#requests % ANSWER_WITHIN_MS);
    });
  }

  #count(index: number): void {
    const count = this.#counts[index];
    if (count === undefined) return;
    this.#counts[index] = Math.min(count + 1, MOST_COUNTED);
    if (count > 0) {
      this.#duplicates += 1;
      return;
    }
    this.#distinct += 1;
    this.onFirst(index);
  }
}
