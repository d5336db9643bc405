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
const DASH = '-'.charCodeAt(0);

const HEX_DIGITS = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_DIGITS[text.charCodeAt(0)] = digit;
  HEX_DIGITS[text.toUpperCase().charCodeAt(0)] = digit;
}

/** @param values that hold a UUID, checked to be one, which begins at @param start; negative: from their end */
export function uuidArray(values: OptionalValues<string>, start: number): Buffer {
  return fixedArray('uuid', UUID_BYTES, values, (bytes, at, value) =>
    writeUuid(bytes, at, value, start < 0 ? value.length + start : start),
  );
}

export function int4Array(values: OptionalValues<number>): Buffer {
  return fixedArray('int4', 4, values, (bytes, at, value) => bytes.writeInt32BE(value, at));
}

export function float8Array(values: OptionalValues<number>): Buffer {
  return fixedArray('float8', 8, values, (bytes, at, value) => bytes.writeDoubleBE(value, at));
}

/** @param values in epoch milliseconds; those beyond all time that PostgreSQL knows are for it to refuse */
export function timeArray(values: OptionalValues<number>): Buffer {
  return fixedArray('timestamptz', 8, values, (bytes, at, value) => {
    const micros = Math.round((value - POSTGRES_EPOCH_MS) * 1_000);
    const high = Math.floor(micros / TWO_TO_32);
    const isWithin = Math.abs(high) <= MAX_HIGH;
    bytes.writeInt32BE(isWithin ? high : MAX_HIGH, at);
    bytes.writeUInt32BE(isWithin ? micros - high * TWO_TO_32 : 0, at + 4);
  });
}

/** Text that PostgreSQL can hold: NUL is dropped, it has no place in its strings. */
export function textArray(values: OptionalValues<string>): Buffer {
  let textBytes = 0;
  for (const value of values) if (value !== undefined) textBytes += Buffer.byteLength(value);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * LENGTH_BYTES + textBytes);
  let at = HEADER_BYTES;
  let hasNull = false;
  for (const value of values) {
    if (value === undefined) {
      hasNull = true;
      at = bytes.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const length = bytes.write(value.includes('\0') ? value.replaceAll('\0', '') : value, at + LENGTH_BYTES);
    at = bytes.writeInt32BE(length, at) + length;
  }
  writeHeader(bytes, 'text', values.length, hasNull);
  return bytes.subarray(0, at);
}

function fixedArray<T>(
  type: keyof typeof OIDS,
  elementBytes: number,
  values: OptionalValues<T>,
  write: (bytes: Buffer, at: number, value: T) => void,
): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + elementBytes));
  let at = HEADER_BYTES;
  let hasNull = false;
  for (const value of values) {
    if (value === undefined) {
      hasNull = true;
      at = bytes.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    at = bytes.writeInt32BE(elementBytes, at);
    write(bytes, at, value);
    at += elementBytes;
  }
  writeHeader(bytes, type, values.length, hasNull);
  return bytes.subarray(0, at);
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
  let from = start;
  for (let index = 0; index < UUID_BYTES; index++) {
    if (text.charCodeAt(from) === DASH) from++;
    bytes[at + index] = (digitAt(text, from) << 4) | digitAt(text, from + 1);
    from += 2;
  }
}

function digitAt(text: string, at: number): number {
  return HEX_DIGITS[text.charCodeAt(at)] ?? 0;
}
