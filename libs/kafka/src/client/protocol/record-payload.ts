import { BatchFault } from './batch-fault.js';
import { ByteReader } from './byte-reader.js';
import type { PlaceTexts } from './place-texts.js';

/**
 * Key, value and headers of a record as they lie in a batch, read only as far as somebody asks:
 *
 *   key: length varint, bytes | value: the same | headers: count varint, each name and value: length varint, bytes
 */

/** Headers as kafkajs tells of them: a name that repeats has an array. */
export type HeaderBytes = Record<string, Buffer | null | (Buffer | null)[]>;

export function keyBytesAt(bytes: Buffer, start: number): Buffer | null {
  return readerAt(bytes, start).varintBytes();
}

export function keyTextAt(bytes: Buffer, start: number): string | null {
  const reader = readerAt(bytes, start);
  const length = reader.varint();
  return length < 0 ? null : bytes.toString('utf8', reader.at, reader.at + length);
}

/** A slice. */
export function valueAt(bytes: Buffer, start: number): Buffer | null {
  const reader = readerAt(bytes, start);
  skip(reader);
  return reader.varintBytes();
}

export function headerBytesAt(bytes: Buffer, start: number, texts: PlaceTexts): HeaderBytes {
  const headers: HeaderBytes = {};
  eachHeader(bytes, start, texts, (name, reader) => {
    const value = reader.varintBytes();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    set(headers, name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
  });
  return headers;
}

/** Headers as text, without those that have none; the last one counts when a name repeats. */
export function headerTextsAt(bytes: Buffer, start: number, texts: PlaceTexts): Record<string, string> {
  const headers: Record<string, string> = {};
  eachHeader(bytes, start, texts, (name, reader, index) => {
    const length = reader.varint();
    if (length < 0) return;
    set(headers, name, texts.read(2 * index + 1, bytes, reader.at, length));
    reader.at += length;
  });
  return headers;
}

/**
 * To the end of what begins here, whose lengths nobody has looked at yet.
 *
 * @throws RangeError beyond the end of the bytes
 */
export function skipPayload(reader: ByteReader): void {
  skip(reader);
  skip(reader);
  const count = reader.varint();
  if (count < 0) throw new BatchFault('a record of its batch has less than no headers');
  for (let i = 0; i < count; i += 1) {
    const nameLength = reader.varint();
    if (nameLength < 0) throw new BatchFault('a header in its batch has no name');
    reader.at += nameLength;
    skip(reader);
  }
}

/** The same layout, for a record that came in another. */
export function encodePayload(
  key: Buffer | null,
  value: Buffer | null,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const entries = Object.entries(headers);
  const parts = [...field(key), ...field(value), varint(entries.length)];
  for (const [name, text] of entries) parts.push(...field(Buffer.from(name)), ...field(Buffer.from(text)));
  return Buffer.concat(parts);
}

function eachHeader(
  bytes: Buffer,
  start: number,
  texts: PlaceTexts,
  read: (name: string, reader: ByteReader, index: number) => void,
): void {
  const reader = readerAt(bytes, start);
  skip(reader);
  skip(reader);
  const count = reader.varint();
  for (let index = 0; index < count; index += 1) {
    const length = reader.varint();
    const name = texts.read(2 * index, bytes, reader.at, length);
    reader.at += length;
    read(name, reader, index);
  }
}

function readerAt(bytes: Buffer, start: number): ByteReader {
  const reader = new ByteReader(bytes);
  reader.at = start;
  return reader;
}

function skip(reader: ByteReader): void {
  const length = reader.varint();
  if (length > 0) reader.at += length;
}

/** A header may be called `__proto__`. */
function set<T>(target: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function field(bytes: Buffer | null): Buffer[] {
  return bytes === null ? [varint(-1)] : [varint(bytes.length), bytes];
}

/** Zigzag. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
