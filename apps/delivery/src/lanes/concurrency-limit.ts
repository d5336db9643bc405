/** A limit that was not used for a while starts here: connections are gone, and a hundred handshakes at once would time each other out. */
const COLD = 4;

/** So many at once of a lane. A cold one grows with every one that ends, so that a burst opens connections in steps. */
export class ConcurrencyLimit {
  #inUse = 0;
  #allowed = COLD;

  constructor(private limit: number) {}

  /** When warm. */
  get size(): number {
    return this.limit;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get hasRoom(): boolean {
    return this.#inUse < this.#allowed && this.#inUse < this.limit;
  }

  /** What is above a smaller limit ends by itself. */
  resize(limit: number): void {
    this.limit = limit;
  }

  acquire(): void {
    this.#inUse++;
  }

  release(): void {
    this.#inUse--;
    this.grow(1);
  }

  /** Attempts that hang must not keep it cold for ever: time warms it too. */
  grow(by: number): void {
    if (this.#allowed < this.limit) this.#allowed = Math.min(this.limit, this.#allowed + by);
  }

  cool(): void {
    this.#allowed = COLD;
  }
}
