import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { certificates } from '../support/certificates.js';
import { until } from './bench-world.js';

/** How long a path answers after a request; undefined: never. */
export type Answering = (path: string) => number | undefined;

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

/** A receiver that says when each event reached each path: events bear the time at which they were posted. */
export class Stopwatch implements AsyncDisposable {
  #delays = new Map<string, number[]>();
  answering: Answering = () => 0;
  statusOf: (path: string) => number = () => 200;

  private constructor(
    private readonly server: Server,
    readonly caFile: string,
  ) {
    server.on('request', (request, response) => {
      const arrivedAtMs = performance.now();
      const path = request.url ?? '';
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#note(path, Buffer.concat(chunks), arrivedAtMs);
        const answerAfterMs = this.answering(path);
        if (answerAfterMs === 0) answer(response, this.statusOf(path));
        else if (answerAfterMs !== undefined) setTimeout(answer, answerAfterMs, response, this.statusOf(path));
      });
    });
  }

  static async listen(): Promise<Stopwatch> {
    const { server: certificate, caFile } = await certificates();
    const server = createServer({ ...certificate, keepAliveTimeout: 120_000 });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Stopwatch(server, caFile);
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many arrived on the paths of a pattern. */
  count(pattern: RegExp): number {
    return this.#matching(pattern).length;
  }

  /** @param share 0.5 for the median @returns milliseconds; NaN when nothing came */
  delay(pattern: RegExp, share: number): number {
    const sorted = this.#matching(pattern).toSorted((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }

  reset(): void {
    this.#delays = new Map();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #matching(pattern: RegExp): number[] {
    return [...this.#delays].flatMap(([path, delays]) => (pattern.test(path) ? delays : []));
  }

  #note(path: string, body: Buffer, arrivedAtMs: number): void {
    const postedAtMs = Number(/"note":"at ([\d.]+)"/.exec(body.toString('latin1'))?.[1]);
    if (Number.isNaN(postedAtMs)) return;
    const delays = this.#delays.get(path) ?? [];
    delays.push(arrivedAtMs - postedAtMs);
    this.#delays.set(path, delays);
  }
}

/** Calls at a steady rate, whether the last call has ended or not; resolves when all have. */
export async function atRate(perSecond: number, count: number, call: (index: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const open: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueInMs = startedAt + (index / perSecond) * 1_000 - performance.now();
    if (dueInMs > 0) await pause(dueInMs);
    open.push(call(index));
  }
  await Promise.all(open);
}

/** Waits until so many arrived. */
export async function arrived(stopwatch: Stopwatch, pattern: RegExp, count: number): Promise<void> {
  await until(
    () => Promise.resolve(stopwatch.count(pattern) >= count),
    120_000,
    `${count} arrived on ${pattern.source}`,
  );
}
