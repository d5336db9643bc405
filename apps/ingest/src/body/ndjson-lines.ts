import { withoutByteOrderMark } from '@fleethook/events';
import { GrowingBuffer } from './growing-buffer.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** A line that is not blank, without its end and the blanks around it. */
export interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** In place of a line that is longer than the bound, and was passed over. */
export const LONG_LINE = Symbol('long line');

/**
 * Cuts what arrives into lines, ended by LF or CR LF; the last one may be without. Holds the beginning of one line at most, and never more
 * of it than the bound.
 */
export class NdjsonLines {
  readonly #held = new GrowingBuffer();
  /** Within a line that is too long. */
  #skipping = false;
  #first = true;

  constructor(private readonly maxLineBytes: number) {}

  /** Bytes of the line that has not ended yet. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** The lines that end within the next chunk of the body. */
  *write(chunk: Buffer): Generator<Line | typeof LONG_LINE, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#end(chunk, start, end);
      start = end + 1;
      if (line !== undefined) yield line;
    }
    if (start === chunk.length || this.#skipping) return;
    if (this.#held.length + chunk.length - start > this.maxLineBytes) {
      this.#skipping = true;
      yield this.#skip();
    } else this.#held.append(chunk.subarray(start));
  }

  /** The body is over. @returns its last line, if that had no end yet */
  end(): Line | typeof LONG_LINE | undefined {
    return this.#end(Buffer.alloc(0), 0, 0);
  }

  /** A line ends with this part of a chunk. */
  #end(chunk: Buffer, start: number, end: number): Line | typeof LONG_LINE | undefined {
    if (this.#skipping) {
      this.#skipping = false;
      return undefined;
    }
    if (this.#held.length + end - start > this.maxLineBytes) return this.#skip();
    if (this.#held.length === 0) return this.#trimmed(chunk, start, end);
    this.#held.append(chunk.subarray(start, end));
    const line = this.#held.take();
    return this.#trimmed(line, 0, line.length);
  }

  #trimmed(bytes: Buffer, start: number, end: number): Line | undefined {
    if (this.#first) {
      this.#first = false;
      const line = withoutByteOrderMark(bytes.subarray(start, end));
      if (line.length < end - start) return this.#trimmed(line, 0, line.length);
    }
    let last = end;
    while (last > start && isBlank(bytes[last - 1])) last -= 1;
    let first = start;
    while (first < last && isBlank(bytes[first])) first += 1;
    return first < last ? { bytes, start: first, end: last } : undefined;
  }

  #skip(): typeof LONG_LINE {
    this.#first = false;
    this.#held.take();
    return LONG_LINE;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === CARRIAGE_RETURN || byte === TAB;
}
