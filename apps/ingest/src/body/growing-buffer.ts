const FIRST_BYTES = 4_096;

/**
 * Collects bytes in one block that doubles. A list of chunks would cost far more than its bytes when a client sends them one by one.
 */
export class GrowingBuffer {
  #block = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const wanted = this.#length + bytes.length;
    if (wanted > this.#block.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_BYTES, wanted, this.#block.length * 2));
      this.#block.copy(grown, 0, 0, this.#length);
      this.#block = grown;
    }
    bytes.copy(this.#block, this.#length);
    this.#length = wanted;
  }

  /** What was collected, once; the buffer is empty afterwards. */
  take(): Buffer {
    const taken = this.#block.subarray(0, this.#length);
    this.#block = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }
}
