import type { Scheduler } from '../../window/scheduler.js';
import type { KafkaRecordEntry } from '../kafka-record-entry.js';

export interface HandlerQueueOptions {
  /** The app's handler: returns as soon as it has queued the records. */
  readonly handle: (records: readonly KafkaRecordEntry[]) => unknown;
  /** Not begun and not settled: to be handed over, or handed over again. */
  readonly isWaiting: (record: KafkaRecordEntry) => boolean;
  readonly onFailure: (error: unknown, retryInMs: number) => void;
  readonly scheduler: Scheduler;
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 30_000;

/**
 * Hands one partition's batches to the handler, one at a time and in order. A handler that fails gets what it has not begun again, later
 * and later; nothing of it reaches the client, which would stop consuming for good. Bounded by the partition's window.
 */
export class HandlerQueue {
  readonly #batches: KafkaRecordEntry[][] = [];
  #busy = false;
  #stopped = false;
  #failures = 0;

  constructor(private readonly options: HandlerQueueOptions) {}

  push(records: KafkaRecordEntry[]): void {
    if (this.#stopped || records.length === 0) return;
    this.#batches.push(records);
    if (!this.#busy) void this.#run();
  }

  /** What was not handed over is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#batches.length = 0;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const records = this.#failures === 0 ? batch : batch.filter((record) => this.options.isWaiting(record));
      try {
        if (records.length > 0) await this.options.handle(records);
        this.#failures = 0;
      } catch (error) {
        this.#retryLater(error);
        return;
      }
      this.#batches.shift();
    }
    this.#busy = false;
  }

  #retryLater(error: unknown): void {
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures++;
    this.options.onFailure(error, pauseMs);
    this.options.scheduler.after(pauseMs, () => void this.#run());
  }
}
