import { Readable } from 'node:stream';

/** What may wait for a client that reads slowly: a few states of the pipeline, each of which makes those before it worthless. */
const MAX_WAITING_BYTES = 64 * 1_024;

/** Server-Sent Events to one client (HTML Standard §9.2.6). Never waits for the client, and never holds much for it. */
export class EventStream extends Readable {
  #slowSinceMs: number | undefined;
  #hasEnded = false;

  constructor() {
    super({ highWaterMark: MAX_WAITING_BYTES });
    // A client that lost its connection comes back after so long.
    this.push('retry: 3000\n\n');
  }

  /** Left out while too much waits. @param data one line once it is JSON */
  sendEvent(name: string, data: object, nowMs: number): void {
    this.#send(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`, nowMs);
  }

  /** Shows a proxy, and us, that the connection lives. */
  sendHeartbeat(nowMs: number): void {
    this.#send(': heartbeat\n\n', nowMs);
  }

  end(): void {
    if (this.destroyed || this.#hasEnded) return;
    this.#hasEnded = true;
    this.push(null);
  }

  /** How long nothing could be sent for what waits, milliseconds. */
  slowForMs(nowMs: number): number {
    return this.#slowSinceMs === undefined ? 0 : nowMs - this.#slowSinceMs;
  }

  override _read(): void {
    // What there is to send is pushed when it is there.
  }

  #send(frame: string, nowMs: number): void {
    // Whoever is to send may have waited for what, and the stream have ended meanwhile: Node would emit an error, and nobody may listen yet.
    if (this.destroyed || this.#hasEnded) return;
    if (this.readableLength >= MAX_WAITING_BYTES) {
      this.#slowSinceMs ??= nowMs;
      return;
    }
    this.#slowSinceMs = undefined;
    this.push(frame);
  }
}
