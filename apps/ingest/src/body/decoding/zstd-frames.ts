/** What is wanted next of a frame: the value of a field, little-endian, or to pass over bytes that mean nothing here. */
interface Wanted {
  readonly as: 'field' | 'content';
  readonly bytes: number;
}

const MAGIC = 0xfd2fb528;
/** 16 of them: 0x184D2A50 to 0x184D2A5F. */
const SKIPPABLE_MAGIC = 0x184d2a5;
export const MAGIC_BYTES = 4;
const RLE_BLOCK = 1;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

const field = (bytes: number): Wanted => ({ as: 'field', bytes });
const content = (bytes: number): Wanted => ({ as: 'content', bytes });

/**
 * The layout of one frame, RFC 8878 §3.1. Whether it is valid is for the decoder to say.
 * @returns false when what is there is no frame
 */
function* layout(): Generator<Wanted, boolean, number> {
  const magic = yield field(MAGIC_BYTES);
  if (magic >>> 4 === SKIPPABLE_MAGIC) {
    yield content(yield field(4));
    return true;
  }
  if (magic !== MAGIC) return false;
  const descriptor = yield field(1);
  yield content(headerBytes(descriptor));
  for (let isLast = false; !isLast;) {
    const block = yield field(3);
    isLast = (block & 1) === 1;
    yield content(((block >>> 1) & 3) === RLE_BLOCK ? 1 : block >>> 3);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  yield content(hasChecksum ? 4 : 0);
  return true;
}

/** Of the header, after its descriptor. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const windowBytes = isSingleSegment ? 0 : 1;
  const sizeBytes = isSingleSegment && sizeFlag === 0 ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
  return windowBytes + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
}

/** Finds the ends of zstd frames in bytes that arrive in whatever pieces; holds none of them. */
export class ZstdFrames {
  #frame = layout();
  #wanted = field(0);
  /** Of what is wanted. */
  #missing = 0;
  #value = 0;
  #ended = 0;
  #seen = 0;
  #isForeign = false;

  constructor() {
    this.#advance();
  }

  /** How many frames have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** Bytes since the last end. */
  get seen(): number {
    return this.#seen;
  }

  /** What came since the last end is no frame. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** @returns the end of the frame, or of the chunk within it, or of the bytes that turned out not to begin one */
  next(chunk: Buffer, from: number): number {
    const { ended } = this;
    let at = from;
    while (at < chunk.length && this.#ended === ended && !this.#isForeign) {
      const bytes = Math.min(this.#missing, chunk.length - at);
      if (this.#wanted.as === 'field') this.#read(chunk, at, bytes);
      this.#seen += bytes;
      this.#missing -= bytes;
      at += bytes;
      if (this.#missing === 0) this.#advance();
    }
    return at;
  }

  #read(chunk: Buffer, from: number, bytes: number): void {
    const known = this.#wanted.bytes - this.#missing;
    for (let index = 0; index < bytes; index += 1) this.#value += (chunk[from + index] ?? 0) * 256 ** (known + index);
  }

  /** To the next that has any bytes. */
  #advance(): void {
    while (this.#missing === 0) {
      const next = this.#frame.next(this.#value);
      this.#value = 0;
      if (next.done !== true) {
        this.#wanted = next.value;
        this.#missing = next.value.bytes;
      } else if (next.value) {
        this.#ended += 1;
        this.#seen = 0;
        this.#frame = layout();
      } else {
        this.#isForeign = true;
        return;
      }
    }
  }
}
