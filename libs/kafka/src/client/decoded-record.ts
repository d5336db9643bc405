import { ByteReader } from './byte-reader.js';

/** As kafkajs tells of a batch. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  readonly timestampType: 0 | 1;
  readonly magicByte: number;
}

/** Headers as kafkajs tells of them: a name that repeats has an array. */
export type HeaderBytes = Record<string, Buffer | null | (Buffer | null)[]>;

/**
 * The records of a batch mostly have the same headers in the same order, and many the same values: the text at each place is made once
 * and then reused for as long as the bytes stay the same.
 */
export class PlaceTexts {
  readonly #ats: number[] = [];
  readonly #lengths: number[] = [];
  readonly #texts: string[] = [];

  constructor(private readonly bytes: Buffer) {}

  read(place: number, at: number, length: number): string {
    if (this.#lengths[place] === length && this.#isSame(this.#ats[place] ?? 0, at, length))
      return this.#texts[place] ?? '';
    const text = this.bytes.toString('utf8', at, at + length);
    this.#ats[place] = at;
    this.#lengths[place] = length;
    this.#texts[place] = text;
    return text;
  }

  #isSame(known: number, at: number, length: number): boolean {
    const { bytes } = this;
    for (let i = length - 1; i >= 0; i -= 1) if (bytes[at + i] !== bytes[known + i]) return false;
    return true;
  }
}

/**
 * One record of a fetched batch, read only as far as somebody asks: a record that its window does not take costs nothing but its place.
 * All that it hands out as bytes is a slice of the batch; texts are not.
 */
export class DecodedRecord {
  constructor(
    readonly offset: string,
    readonly timestamp: string,
    readonly attributes: number,
    readonly batchContext: BatchContext,
    private readonly bytes: Buffer,
    private readonly texts: PlaceTexts,
    /** Where the key's length is. */
    private readonly start: number,
    private readonly end: number,
  ) {}

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  /** Key, value and headers with their lengths. */
  get payloadBytes(): number {
    return this.end - this.start;
  }

  get key(): Buffer | null {
    return this.#reader().varintBytes();
  }

  get keyText(): string | null {
    return this.key?.toString('utf8') ?? null;
  }

  get value(): Buffer | null {
    const reader = this.#reader();
    skip(reader);
    return reader.varintBytes();
  }

  get headers(): HeaderBytes {
    const headers: HeaderBytes = {};
    this.#eachHeader((name, reader) => {
      const value = reader.varintBytes();
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      set(headers, name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
    });
    return headers;
  }

  /** Headers as text, without those that have none; the last one counts when a name repeats. */
  get headerTexts(): Record<string, string> {
    const headers: Record<string, string> = {};
    this.#eachHeader((name, reader, index) => {
      const length = reader.varint();
      if (length < 0) return;
      set(headers, name, this.texts.read(2 * index + 1, reader.at, length));
      reader.at += length;
    });
    return headers;
  }

  #reader(): ByteReader {
    const reader = new ByteReader(this.bytes);
    reader.at = this.start;
    return reader;
  }

  #eachHeader(read: (name: string, reader: ByteReader, index: number) => void): void {
    const reader = this.#reader();
    skip(reader);
    skip(reader);
    const count = reader.varint();
    for (let index = 0; index < count; index += 1) {
      const length = reader.varint();
      const name = this.texts.read(2 * index, reader.at, length);
      reader.at += length;
      read(name, reader, index);
    }
  }
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
