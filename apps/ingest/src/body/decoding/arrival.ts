import type { Readable } from 'node:stream';
import { Problem } from '../../http/problem.js';

/** RFC 1952 §2.3.1. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Watches a compressed body arrive, and tells when it breaks off or exceeds its bound. */
export class Arrival {
  #bytes = 0;
  #head = Buffer.alloc(0);

  constructor(raw: Readable, onProblem: (problem: Problem) => void, maxBytes: number) {
    const brokeOff = (cause?: unknown): void => onProblem(new Problem(400, 'The request broke off', { cause }));
    raw.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      const missing = GZIP_MAGIC.length - this.#head.length;
      if (missing > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, missing)]);
      if (this.#bytes > maxBytes)
        onProblem(new Problem(413, `The request is larger than ${maxBytes} bytes, compressed`));
    });
    raw.once('error', brokeOff);
    raw.once('close', () => {
      if (!raw.readableEnded) brokeOff();
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** It began as gzip does. */
  get isGzip(): boolean {
    return this.#head.equals(GZIP_MAGIC);
  }
}
