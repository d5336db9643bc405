import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { SENT_BYTES_PER_EVENT_BYTE, withoutByteOrderMark } from '@fleethook/events';
import { Problem } from '../http/problem.js';
import { INTAKE_LIMITS, type IntakeLimits } from '../intake/intake-limits.js';
import type { IntakeRequest } from '../intake/intake-request.js';
import { bodyChunks } from './body-chunks.js';
import type { BodyFormat } from './body-format.js';
import { GrowingBuffer } from './growing-buffer.js';
import { jsonItems } from './json-items.js';
import { LONG_LINE, NdjsonLines, type Line } from './ndjson-lines.js';
import { Turns, type Turn } from './turns.js';

/** Reads a request's events, as they arrive where the format allows it. */
@Injectable()
export class BodyReader {
  constructor(
    @Inject(INTAKE_LIMITS) private readonly limits: IntakeLimits,
    private readonly turns: Turns,
  ) {}

  /**
   * Reads one event or an array whole, and hands over nothing unless all of it is JSON; lines one by one, each for itself.
   * @param signal ends the reading
   * @throws Problem 400, 413, 503, or the signal's reason; what was handed over before stays so
   */
  read(raw: Readable, format: BodyFormat, request: IntakeRequest, signal: AbortSignal): Promise<void> {
    const chunks = bodyChunks(raw, format.encoding, this.limits.maxRequestBytes, signal);
    return format.type === 'ndjson' ? this.#readLines(chunks, request) : this.#readJson(chunks, request);
  }

  async #readJson(chunks: AsyncIterable<Buffer>, request: IntakeRequest): Promise<void> {
    try {
      const body = new GrowingBuffer();
      for await (const chunk of chunks) {
        request.held.setBody(body.length + chunk.length);
        body.append(chunk);
      }
      await this.#addItems(withoutByteOrderMark(body.take()), request);
      request.bodyRead();
    } catch (error) {
      request.held.setBody(0);
      throw error;
    }
    await sendAll(request, this.turns.begin());
  }

  async #addItems(body: Buffer, request: IntakeRequest): Promise<void> {
    if (body.length === 0) throw new Problem(400, 'The request is empty');
    const turn = this.turns.begin();
    const items = jsonItems(body);
    let item = items.next();
    for (; item.done !== true; item = items.next()) {
      const { start, end, scan } = item.value;
      const refused = request.add(body, start, end, scan);
      if (refused?.reason === 'not_json') throw notJson(refused.errors['']?.[0]);
      if (turn.isOver) await turn.pass();
    }
    if (!item.value) throw notJson('has no end');
  }

  async #readLines(chunks: AsyncIterable<Buffer>, request: IntakeRequest): Promise<void> {
    const lines = new NdjsonLines(this.#maxLineBytes);
    const turn = this.turns.begin();
    try {
      for await (const chunk of chunks) {
        for (const line of lines.write(chunk)) {
          this.#addLine(line, request);
          if (turn.isOver) await turn.pass();
        }
        request.held.setBody(lines.heldBytes);
        await sendAll(request, turn);
        if (request.unavailable !== undefined) return;
      }
      const last = lines.end();
      if (last !== undefined) this.#addLine(last, request);
    } finally {
      request.held.setBody(0);
      // What was checked before something went wrong is answered for as well.
      await sendAll(request, turn);
    }
  }

  #addLine(line: Line | typeof LONG_LINE, request: IntakeRequest): void {
    if (line === LONG_LINE)
      request.reject({
        kind: 'refused',
        reason: 'too_large',
        errors: { '': [`is on a line of more than ${this.#maxLineBytes} bytes`] },
      });
    else request.add(line.bytes, line.start, line.end);
  }

  get #maxLineBytes(): number {
    return this.limits.maxEventBytes * SENT_BYTES_PER_EVENT_BYTE;
  }
}

async function sendAll(request: IntakeRequest, turn: Turn): Promise<void> {
  while (request.send()) {
    if (request.isFull) await request.room();
    if (turn.isOver) await turn.pass();
  }
}

function notJson(reason: string | undefined): Problem {
  return new Problem(400, `The request ${reason ?? 'is not JSON'}`);
}
