/** So many at once: of a webhook, of a process. */
export class ConcurrencyLimit {
  #inUse = 0;

  constructor(private limit: number) {}

  get size(): number {
    return this.limit;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get hasRoom(): boolean {
    return this.#inUse < this.limit;
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
  }
}
