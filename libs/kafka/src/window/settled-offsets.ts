/** A set of offsets, as a bitmap above a base: what commit metadata holds. Bit i (lowest first in each byte) = offset base + i. */
export class SettledOffsets {
  static readonly NONE = new SettledOffsets(0, new Uint8Array(0));

  constructor(
    readonly base: number,
    readonly bits: Uint8Array,
  ) {}

  /** The first offset that the bitmap has no room for. */
  get end(): number {
    return this.base + this.bits.length * 8;
  }

  has(offset: number): boolean {
    const bit = offset - this.base;
    if (bit < 0) return false;
    const byte = this.bits[Math.floor(bit / 8)];
    return byte !== undefined && (byte & (1 << (bit % 8))) !== 0;
  }
}

/** A bitmap being written: grows to the highest bit set, never above its cap. */
export class BitmapBuilder {
  readonly #bits: Uint8Array;
  #bytesUsed = 0;

  constructor(private readonly maxBits: number) {
    this.#bits = new Uint8Array(Math.ceil(maxBits / 8));
  }

  /** Bits past the cap are forgotten, which costs a repeat at most. */
  add(bit: number): void {
    if (bit < 0 || bit >= this.maxBits) return;
    const byte = bit >>> 3;
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (bit & 7));
    if (byte >= this.#bytesUsed) this.#bytesUsed = byte + 1;
  }

  /** Without trailing zero bytes. */
  bytes(): Uint8Array {
    return this.#bits.subarray(0, this.#bytesUsed);
  }
}
