import { withoutByteOrderMark } from './byte-order-mark.js';
import { GrowingBuffer } from './growing-buffer.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

export interface LineHandler {
  /** A line that is not blank, without its end and the blanks around it. The bytes are the handler's only during the call. */
  onLine(bytes: Buffer, start: number, end: number): void;
  /** A line that is longer than the bound was passed over. */
  onLongLine(): void;
}

/**
 * Cuts what arrives into lines, ended by LF or CR LF; the last one may be without. Holds the beginning of one line at most, and never more
 * of it than the bound.
 */
export class NdjsonLines {
  readonly #held = new GrowingBuffer();
  /** Within a line that is too long. */
  #skipping = false;
  #first = true;

  constructor(
    private readonly maxLineBytes: number,
    private readonly handler: LineHandler,
  ) {}

  /** Bytes of the line that has not ended yet. */
  get heldBytes(): number {
    return this.#held.length;
  }

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#end(chunk, start, end);
      start = end + 1;
    }
    if (start === chunk.length || this.#skipping) return;
    if (this.#held.length + chunk.length - start > this.maxLineBytes) {
      this.#skipping = true;
      this.#skip();
    } else this.#held.append(chunk.subarray(start));
  }

  /** The body is over. */
  end(): void {
    this.#end(Buffer.alloc(0), 0, 0);
  }

  /** A line ends with this part of a chunk. */
  #end(chunk: Buffer, start: number, end: number): void {
    if (this.#skipping) this.#skipping = false;
    else if (this.#held.length + end - start > this.maxLineBytes) this.#skip();
    else if (this.#held.length === 0) this.#emit(chunk, start, end);
    else {
      this.#held.append(chunk.subarray(start, end));
      const line = this.#held.take();
      this.#emit(line, 0, line.length);
    }
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    if (this.#first) {
      this.#first = false;
      const line = withoutByteOrderMark(bytes.subarray(start, end));
      if (line.length < end - start) {
        this.#emit(line, 0, line.length);
        return;
      }
    }
    let last = end;
    while (last > start && isBlank(bytes[last - 1])) last -= 1;
    let first = start;
    while (first < last && isBlank(bytes[first])) first += 1;
    if (first < last) this.handler.onLine(bytes, first, last);
  }

  #skip(): void {
    this.#first = false;
    this.#held.take();
    this.handler.onLongLine();
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === CARRIAGE_RETURN || byte === TAB;
}
