/** What attempts take of the process: so many at once, and so many bytes of bodies. When either is used up, lanes wait. */
export class ProcessSlots {
  #inUse = 0;
  #bytes = 0;

  /** @param maxBytes one body may go beyond it, so that even the largest finds its turn */
  constructor(
    private readonly maxAttempts: number,
    private readonly maxBytes: number,
  ) {}

  get inUse(): number {
    return this.#inUse;
  }

  get bytesInUse(): number {
    return this.#bytes;
  }

  get hasRoom(): boolean {
    return this.#inUse < this.maxAttempts && this.#bytes < this.maxBytes;
  }

  acquire(bytes: number): void {
    this.#inUse++;
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#inUse--;
    this.#bytes -= bytes;
  }
}
