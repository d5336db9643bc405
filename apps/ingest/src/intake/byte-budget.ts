/**
 * The bytes that this process holds for producers: bodies being read, events that Kafka has not acknowledged, and what is to be answered.
 * Beyond the bound the intake answers 503 instead of growing.
 */
export class ByteBudget {
  #held = 0;

  constructor(
    private readonly options: { readonly maxBytes: number; readonly onChange: (heldBytes: number) => void },
  ) {}

  /** False: there is no room, and nothing was taken. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.options.maxBytes) return false;
    this.#held += bytes;
    this.options.onChange(this.#held);
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
    this.options.onChange(this.#held);
  }

  get maxBytes(): number {
    return this.options.maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }
}
