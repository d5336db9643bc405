import type { OnApplicationShutdown } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import type { Log, Metrics } from '@fleethook/observability';
import { StoreError } from '@fleethook/store';
import type { HistoryOptions } from './history-options.js';

/** What a record says; undefined when it is nothing for the history. */
export type ReadFact<F> = (record: KafkaRecord) => F | undefined;

interface Pending<F> {
  readonly record: KafkaRecord;
  readonly read: ReadFact<F>;
}

interface Recordable<F> {
  readonly record: KafkaRecord;
  readonly fact: F;
}

const PRUNE_ABOVE_RECORDS = 20_000;

const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;

/**
 * Collects records from all partitions and writes what they say in batches, one at a time; a record is settled when its batch is written.
 * Tens of thousands may wait while PostgreSQL is slow: they wait as they came, and are read when their batch is made.
 * While PostgreSQL is away the batch is kept and tried again, the rest waits in memory, and the full windows pause their partitions.
 */
export abstract class RecordBuffer<F> implements OnApplicationShutdown {
  #pending: Pending<F>[] = [];
  /** Rows of one statement: halved whenever it fails, since a slow PostgreSQL may have time for fewer, and doubled when it does not. */
  #rows: number;
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  #stopping = false;
  #pruneAbove = PRUNE_ABOVE_RECORDS;
  #endWait: (() => void) | undefined;

  constructor(
    protected readonly options: HistoryOptions,
    protected readonly log: Log,
    protected readonly metrics: Metrics,
  ) {
    this.#rows = options.maxRows;
    metrics.recorderFailures.inc(0);
  }

  /** Writing a fact again must change nothing. Whatever is thrown: nothing of it may have been written, and it is tried again. */
  protected abstract write(facts: readonly F[]): Promise<void>;

  /** Told after every try, successful or not. */
  protected abstract noteLag(facts: readonly F[]): void;

  /** @param read called once, if the record is still ours by then */
  offer(record: KafkaRecord, read: ReadFact<F>): void {
    this.#pending.push({ record, read });
    if (this.#pending.length > this.#pruneAbove) this.#prune();
    if (this.#pending.length >= this.options.maxRows) this.#start();
    else this.#linger();
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  /** No further batch, and the one under way is not tried again when it fails: its records are somebody else's from here. */
  stop(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#endWait?.();
  }

  /** With PostgreSQL away, every rebalance brings the same records again: those of partitions that are gone must not pile up. */
  #prune(): void {
    this.#pending = this.#pending.filter(({ record }) => record.mayForward);
    this.#pruneAbove = Math.max(PRUNE_ABOVE_RECORDS, 2 * this.#pending.length);
  }

  #linger(): void {
    if (this.#writing || this.#stopping) return;
    this.#timer ??= setTimeout(() => this.#start(), this.options.lingerMs);
  }

  #start(): void {
    if (this.#writing || this.#stopping) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = true;
    void this.#writeBatches();
  }

  /** What came meanwhile goes at once if it fills a batch, and waits for company if not. */
  async #writeBatches(): Promise<void> {
    do {
      const batch = this.#nextBatch();
      if (batch.length > 0) await this.#writeBatch(batch);
    } while (this.#pending.length >= this.options.maxRows && !this.#stopping);
    this.#writing = false;
    if (this.#pending.length > 0) this.#linger();
  }

  #nextBatch(): Recordable<F>[] {
    const batch: Recordable<F>[] = [];
    for (const { record, read } of this.#pending.splice(0, this.options.maxRows)) {
      if (!record.begin()) continue;
      const fact = read(record);
      if (fact === undefined) record.settle();
      else batch.push({ record, fact });
    }
    return batch;
  }

  async #writeBatch(batch: Recordable<F>[]): Promise<void> {
    let rest = batch;
    let backOffMs = FIRST_BACK_OFF_MS;
    while (rest.length > 0) {
      const part = rest.slice(0, this.#rows);
      if (await this.#tryToWrite(part)) {
        rest = rest.slice(part.length);
        this.#rows = Math.min(this.#rows * 2, this.options.maxRows);
        backOffMs = FIRST_BACK_OFF_MS;
        continue;
      }
      this.#rows = Math.max(Math.floor(this.#rows / 2), 1);
      await this.#wait(backOffMs * (0.5 + Math.random() / 2));
      backOffMs = Math.min(backOffMs * 2, MAX_BACK_OFF_MS);
      rest = this.#stillOurs(rest);
    }
  }

  async #tryToWrite(batch: readonly Recordable<F>[]): Promise<boolean> {
    const startedAtMs = performance.now();
    const facts = batch.map(({ fact }) => fact);
    try {
      await this.write(facts);
      this.metrics.recorderBatchDuration.observe((performance.now() - startedAtMs) / 1_000);
      for (const { record } of batch) record.settle();
      return true;
    } catch (error) {
      // Whatever it is: a record that is not in the history is not settled.
      this.metrics.recorderFailures.inc();
      const reason = error instanceof StoreError ? { code: error.code } : { error };
      const message = error instanceof Error ? error.message : String(error);
      this.log.warn({ event: 'history.waiting', rows: batch.length, ...reason }, message);
      return false;
    } finally {
      this.noteLag(facts);
    }
  }

  #stillOurs(batch: readonly Recordable<F>[]): Recordable<F>[] {
    return batch.filter(({ record }) => {
      if (record.mayForward && !this.#stopping) return true;
      record.abandon();
      return false;
    });
  }

  #wait(delayMs: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
