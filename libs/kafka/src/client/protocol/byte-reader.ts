const TWO_TO_32 = 0x1_0000_0000;
/** Above, a number would not be exact. */
const MAX_EXACT_HIGH = 0x1f_ffff;
/** Of seven bits each: what goes on is no number. */
const MAX_VARLONG_BYTES = 10;

/** Reads the primitive types of Kafka's protocol (protocol guide, "Protocol Primitive Types") from a buffer, one after the other. */
export class ByteReader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  int8(): number {
    return this.bytes.readInt8(this.#step(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#step(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#step(4));
  }

  /** A number as long as it is exact. */
  int64(): number | bigint {
    const at = this.#step(8);
    const high = this.bytes.readInt32BE(at);
    if (high > MAX_EXACT_HIGH || high < -MAX_EXACT_HIGH) return this.bytes.readBigInt64BE(at);
    return high * TWO_TO_32 + this.bytes.readUInt32BE(at + 4);
  }

  string(): string {
    const length = this.int16();
    const at = this.#step(length);
    return this.bytes.toString('utf8', at, this.at);
  }

  varint(): number {
    // Most are lengths of less than 64, and a plain look is cheaper than one that is checked.
    const only = this.bytes[this.at];
    if (only !== undefined && only <= 0x7f) {
      this.at += 1;
      return (only >>> 1) ^ -(only & 1);
    }
    let byte = this.bytes.readUInt8(this.at);
    this.at += 1;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = this.bytes.readUInt8(this.at);
      this.at += 1;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** A number as long as it is exact. */
  varlong(): number | bigint {
    const start = this.at;
    const last = start + MAX_VARLONG_BYTES - 1;
    while (this.bytes.readUInt8(this.at) > 0x7f && this.at < last) this.at += 1;
    this.at += 1;
    if (this.at - start <= 4) {
      this.at = start;
      return this.varint();
    }
    let value = 0n;
    for (let i = this.at - 1; i >= start; i -= 1) value = (value << 7n) | BigInt(this.bytes.readUInt8(i) & 0x7f);
    const signed = BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A slice; null when the length is -1. */
  varintBytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const at = this.#step(length);
    return this.bytes.subarray(at, this.at);
  }

  /** The next so many bytes as a slice, or what is left of them. */
  take(length: number): Buffer {
    const at = this.at;
    this.at += length;
    return this.bytes.subarray(at, this.at);
  }

  #step(length: number): number {
    const { at } = this;
    this.at = at + length;
    return at;
  }
}

export function sumOf(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a + b)) return a + b;
  return BigInt(a) + BigInt(b);
}
