/**
 * PostgreSQL arrays in its binary form, in which columns of many rows travel as one parameter each: neither written as digits here nor read
 * back there, which as text takes a good part of what a row costs on either side.
 */
export type OptionalValues<T> = readonly (T | undefined)[];

/** Of PostgreSQL's types, the same in every server. */
const OIDS = { int4: 23, text: 25, float8: 701, timestamptz: 1_184, uuid: 2_950 } as const;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const UUID_BYTES = 16;
/** 2000-01-01, from which PostgreSQL counts. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 2 ** 32;
/** Above what PostgreSQL takes for a time, and below what it takes for infinity. */
const MAX_HIGH = 2 ** 31 - 1;
/** Where the two digits of each byte are: 8-4-4-4-12. */
const DIGITS_AT = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

const HEX_DIGITS = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_DIGITS[text.charCodeAt(0)] = digit;
  HEX_DIGITS[text.toUpperCase().charCodeAt(0)] = digit;
}

/** @param values that hold a UUID, checked to be one, which begins at @param start; negative: from their end */
export function uuidArray(values: OptionalValues<string>, start: number): Buffer {
  const array = new FixedArray('uuid', UUID_BYTES, values.length);
  let previous: string | undefined;
  let previousAt = 0;
  for (const value of values) {
    const at = array.next(value);
    if (value === undefined) continue;
    // Row after row is of one webhook, or at least of one organization.
    if (value === previous) array.bytes.copyWithin(at, previousAt, previousAt + UUID_BYTES);
    else writeUuid(array.bytes, at, value, start < 0 ? value.length + start : start);
    previous = value;
    previousAt = at;
  }
  return array.whole();
}

export function int4Array(values: OptionalValues<number>): Buffer {
  const array = new FixedArray('int4', 4, values.length);
  for (const value of values) {
    const at = array.next(value);
    if (value !== undefined) array.view.setInt32(at, value);
  }
  return array.whole();
}

export function float8Array(values: OptionalValues<number>): Buffer {
  const array = new FixedArray('float8', 8, values.length);
  for (const value of values) {
    const at = array.next(value);
    if (value !== undefined) array.view.setFloat64(at, value);
  }
  return array.whole();
}

/** @param values in epoch milliseconds; those beyond all time that PostgreSQL knows are for it to refuse */
export function timeArray(values: OptionalValues<number>): Buffer {
  const array = new FixedArray('timestamptz', 8, values.length);
  for (const value of values) {
    const at = array.next(value);
    if (value === undefined) continue;
    const micros = Math.round((value - POSTGRES_EPOCH_MS) * 1_000);
    const high = Math.floor(micros / TWO_TO_32);
    const isWithin = Math.abs(high) <= MAX_HIGH;
    array.view.setInt32(at, isWithin ? high : MAX_HIGH);
    array.view.setUint32(at + 4, isWithin ? micros - high * TWO_TO_32 : 0);
  }
  return array.whole();
}

/** Text that PostgreSQL can hold: NUL is dropped, it has no place in its strings. Most columns repeat themselves from row to row. */
export function textArray(values: OptionalValues<string>): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * LENGTH_BYTES + bytesOf(values));
  let at = HEADER_BYTES;
  let hasNull = false;
  let previous: string | undefined;
  let start = at;
  let end = at;
  for (const value of values) {
    if (value === undefined) {
      hasNull = true;
      at = bytes.writeInt32BE(NULL_LENGTH, at);
    } else if (value === previous) {
      bytes.copyWithin(at, start, end);
      at += end - start;
    } else {
      start = at;
      const length = bytes.write(value.includes('\0') ? value.replaceAll('\0', '') : value, at + LENGTH_BYTES);
      at = bytes.writeInt32BE(length, at) + length;
      end = at;
      previous = value;
    }
  }
  writeHeader(bytes, 'text', values.length, hasNull);
  return bytes.subarray(0, at);
}

function bytesOf(values: OptionalValues<string>): number {
  let sum = 0;
  let previous: string | undefined;
  let length = 0;
  for (const value of values) {
    if (value === undefined) continue;
    if (value !== previous) length = Buffer.byteLength(value);
    previous = value;
    sum += length;
  }
  return sum;
}

/** An array of elements of one size, being written. */
class FixedArray {
  readonly bytes: Buffer;
  readonly view: DataView;
  #at = HEADER_BYTES;
  #hasNull = false;

  constructor(
    private readonly type: keyof typeof OIDS,
    private readonly elementBytes: number,
    private readonly count: number,
  ) {
    this.bytes = Buffer.allocUnsafe(HEADER_BYTES + count * (LENGTH_BYTES + elementBytes));
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** Where the element's bytes go, if it has any. */
  next(value: unknown): number {
    const at = this.#at + LENGTH_BYTES;
    const hasValue = value !== undefined;
    if (!hasValue) this.#hasNull = true;
    this.view.setInt32(this.#at, hasValue ? this.elementBytes : NULL_LENGTH);
    this.#at = hasValue ? at + this.elementBytes : at;
    return at;
  }

  whole(): Buffer {
    writeHeader(this.bytes, this.type, this.count, this.#hasNull);
    return this.bytes.subarray(0, this.#at);
  }
}

/** One dimension, counted from 1. */
function writeHeader(bytes: Buffer, type: keyof typeof OIDS, count: number, hasNull: boolean): void {
  let at = bytes.writeInt32BE(1, 0);
  at = bytes.writeInt32BE(hasNull ? 1 : 0, at);
  at = bytes.writeInt32BE(OIDS[type], at);
  at = bytes.writeInt32BE(count, at);
  bytes.writeInt32BE(1, at);
}

function writeUuid(bytes: Buffer, at: number, text: string, start: number): void {
  for (let index = 0; index < UUID_BYTES; index++) {
    const from = start + (DIGITS_AT[index] ?? 0);
    bytes[at + index] = (digitAt(text, from) << 4) | digitAt(text, from + 1);
  }
}

function digitAt(text: string, at: number): number {
  return HEX_DIGITS[text.charCodeAt(at)] ?? 0;
}
