import type { KafkaError } from '../client/kafka-error.js';
import type { LogStretch } from './log-stretch.js';

/** What an object of this kind costs beside its payload, roughly. */
const RECORD_OVERHEAD_BYTES = 256;

/** Stretches between who fetches and who takes, bounded in bytes: full at the bound, with room again at half of it. */
export class StretchQueue {
  readonly #stretches: LogStretch[] = [];
  #bytes = 0;
  #wasFull = false;
  #failure: KafkaError | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly maxBytes: number) {}

  get isFull(): boolean {
    return this.#bytes >= this.maxBytes;
  }

  /** True once after it was full, when half of it is taken. */
  reopen(): boolean {
    if (!this.#wasFull || this.#bytes * 2 > this.maxBytes) return false;
    this.#wasFull = false;
    return true;
  }

  /** @returns whether it is full by now */
  put(stretch: LogStretch): boolean {
    this.#stretches.push(stretch);
    this.#bytes += sizeOf(stretch);
    if (this.isFull) this.#wasFull = true;
    this.wake();
    return this.isFull;
  }

  /** @throws what it failed with, once everything before is taken */
  take(): LogStretch | undefined {
    const stretch = this.#stretches.shift();
    if (stretch !== undefined) this.#bytes -= sizeOf(stretch);
    else if (this.#failure !== undefined) throw this.#failure;
    return stretch;
  }

  fail(failure: KafkaError): void {
    this.#failure ??= failure;
    this.wake();
  }

  /** Resolves at the next `put`, `fail` or `wake`. */
  arrival(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function sizeOf(stretch: LogStretch): number {
  let bytes = RECORD_OVERHEAD_BYTES;
  for (const { value } of stretch.records) bytes += RECORD_OVERHEAD_BYTES + (value?.length ?? 0);
  return bytes;
}
