import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../http/problem.js';
import { ByteBudget } from '../intake/byte-budget.js';
import { INTAKE_LIMITS, type IntakeLimits } from '../intake/intake-limits.js';
import type { IntakeRequest } from '../intake/intake-request.js';
import { bodyChunks } from './body-chunks.js';
import type { BodyFormat } from './body-format.js';
import { withoutByteOrderMark } from './byte-order-mark.js';
import { GrowingBuffer } from './growing-buffer.js';
import { jsonItems } from './json-items.js';
import { NdjsonLines } from './ndjson-lines.js';

/** A line may be larger than its event: blanks, and escapes of six bytes for a character of two. */
const LINE_BYTES_PER_EVENT_BYTE = 4;
/** So many events take some milliseconds; then others get their turn. */
const EVENTS_PER_TURN = 500;

/** Reads a request's events, as they arrive where the format allows it. */
@Injectable()
export class BodyReader {
  constructor(
    private readonly budget: ByteBudget,
    @Inject(INTAKE_LIMITS) private readonly limits: IntakeLimits,
  ) {}

  /**
   * Reads one event or an array whole, and hands over nothing unless all of it is JSON; lines one by one, each for itself.
   * @throws Problem 400, 413, 503; what was handed over before stays so
   */
  read(raw: Readable, format: BodyFormat, request: IntakeRequest): Promise<void> {
    const chunks = bodyChunks(raw, format.encoding, this.limits.maxRequestBytes);
    return format.type === 'ndjson' ? this.#readLines(chunks, request) : this.#readJson(chunks, request);
  }

  async #readJson(chunks: AsyncIterable<Buffer>, request: IntakeRequest): Promise<void> {
    const held = new HeldBytes(this.budget);
    try {
      const body = new GrowingBuffer();
      for await (const chunk of chunks) {
        held.set(body.length + chunk.length);
        body.append(chunk);
      }
      await this.#addItems(withoutByteOrderMark(body.take()), request);
    } finally {
      held.set(0);
    }
    request.send();
  }

  async #addItems(body: Buffer, request: IntakeRequest): Promise<void> {
    if (body.length === 0) throw new Problem(400, 'The request is empty');
    const items = jsonItems(body);
    let item = items.next();
    for (; item.done !== true; item = items.next()) {
      const { start, end, scan } = item.value;
      const refused = request.add(body, start, end, scan);
      if (refused?.reason === 'not_json') throw notJson(refused.errors['']?.[0]);
      this.#checkCount(request);
      if (request.count % EVENTS_PER_TURN === 0) await nextTurn();
    }
    if (!item.value) throw notJson('has no end');
  }

  async #readLines(chunks: AsyncIterable<Buffer>, request: IntakeRequest): Promise<void> {
    const maxLineBytes = this.limits.maxEventBytes * LINE_BYTES_PER_EVENT_BYTE;
    const lines = new NdjsonLines(maxLineBytes, {
      onLine: (bytes, start, end) => {
        request.add(bytes, start, end);
        this.#checkCount(request);
      },
      onLongLine: () => {
        request.reject({
          kind: 'refused',
          reason: 'too_large',
          errors: { '': [`is on a line of more than ${maxLineBytes} bytes`] },
        });
        this.#checkCount(request);
      },
    });
    const held = new HeldBytes(this.budget);
    try {
      for await (const chunk of chunks) {
        lines.write(chunk);
        held.set(lines.heldBytes);
        request.send();
        if (request.unavailable !== undefined) return;
        await request.room();
      }
      lines.end();
    } finally {
      held.set(0);
      // What was checked before something went wrong is answered for as well.
      request.send();
    }
  }

  #checkCount(request: IntakeRequest): void {
    if (request.count > this.limits.maxEvents)
      throw new Problem(413, `The request has more than ${this.limits.maxEvents} events`);
  }
}

function notJson(reason: string | undefined): Problem {
  return new Problem(400, `The request ${reason ?? 'is not JSON'}`);
}

/** What one request holds of the budget. */
class HeldBytes {
  #bytes = 0;

  constructor(private readonly budget: ByteBudget) {}

  /** @throws Problem 503 when there is no room for more */
  set(bytes: number): void {
    if (bytes > this.#bytes) {
      if (!this.budget.take(bytes - this.#bytes)) throw unavailable('Too many events wait for Kafka');
    } else this.budget.release(this.#bytes - bytes);
    this.#bytes = bytes;
  }
}
