import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { StoreError, type HistoryFact, type WriteOptions, type WriteResult } from '@fleethook/store';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';

/** Where facts go; writing one again changes nothing. */
export abstract class HistorySink {
  /** @throws StoreError when nothing may have been written: try again later */
  abstract write(facts: readonly HistoryFact[], options: WriteOptions): Promise<WriteResult>;
}

interface Pending {
  readonly record: KafkaRecord;
  readonly fact: HistoryFact;
}

const PRUNE_ABOVE_RECORDS = 20_000;

const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;

/**
 * Collects facts from all partitions and writes them in batches, one at a time; a record is settled when its batch is written.
 * While PostgreSQL is away the batch is kept and tried again, the rest waits in memory, and the full windows pause their partitions.
 */
@Injectable()
export class HistoryBuffer implements OnApplicationShutdown {
  #pending: Pending[] = [];
  /** Rows of one statement: halved whenever it fails, since a slow PostgreSQL may have time for fewer, and doubled when it does not. */
  #rows: number;
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  #stopping = false;
  #pruneAbove = PRUNE_ABOVE_RECORDS;
  #endWait: (() => void) | undefined;

  constructor(
    private readonly sink: HistorySink,
    @Inject(HISTORY_OPTIONS) private readonly options: HistoryOptions,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.#rows = options.maxRows;
  }

  offer(record: KafkaRecord, fact: HistoryFact): void {
    this.#pending.push({ record, fact });
    if (this.#pending.length > this.#pruneAbove) this.#prune();
    if (this.#pending.length >= this.options.maxRows) this.#write();
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
    this.#timer ??= setTimeout(() => this.#write(), this.options.lingerMs);
  }

  #write(): void {
    if (this.#writing || this.#stopping) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = true;
    void this.#writeBatches();
  }

  /** What came meanwhile goes at once if it fills a batch, and waits for company if not. */
  async #writeBatches(): Promise<void> {
    do {
      const batch = this.#pending.splice(0, this.options.maxRows).filter(({ record }) => record.begin());
      if (batch.length > 0) await this.#writeBatch(batch);
    } while (this.#pending.length >= this.options.maxRows && !this.#stopping);
    this.#writing = false;
    if (this.#pending.length > 0) this.#linger();
  }

  async #writeBatch(batch: Pending[]): Promise<void> {
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

  async #tryToWrite(batch: readonly Pending[]): Promise<boolean> {
    const startedAtMs = performance.now();
    try {
      const facts = batch.map(({ fact }) => fact);
      const result = await this.sink.write(facts, { nowMs: Date.now(), retentionMs: this.options.retentionMs });
      this.metrics.recorderBatchDuration.observe((performance.now() - startedAtMs) / 1_000);
      this.#report(result);
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
      this.#setLag(batch);
    }
  }

  #stillOurs(batch: readonly Pending[]): Pending[] {
    return batch.filter(({ record }) => {
      if (record.mayForward && !this.#stopping) return true;
      record.abandon();
      return false;
    });
  }

  #report(result: WriteResult): void {
    this.metrics.recorderRows.inc({ table: 'attempts' }, result.attempts);
    this.metrics.recorderRows.inc({ table: 'deliveries' }, result.deliveries);
    if (result.outOfRange > 0) {
      this.metrics.recorderSkipped.inc({ reason: 'out_of_range' }, result.outOfRange);
      this.log.warn({ event: 'history.out_of_range', rows: result.outOfRange }, 'Facts of days that are not kept');
    }
    for (const { fact, error } of result.refused) {
      this.metrics.recorderSkipped.inc({ reason: 'refused' });
      const { delivery, series } = fact.state;
      this.log.error({ event: 'history.refused', delivery, series, attempt: fact.attempt?.attempt }, error.message);
    }
  }

  #setLag(batch: readonly Pending[]): void {
    let newestMs = 0;
    for (const { fact } of batch) newestMs = Math.max(newestMs, fact.attempt?.startedAtMs ?? fact.state.deadAtMs ?? 0);
    if (newestMs > 0) this.metrics.recorderLagSeconds.set(Math.max(0, (Date.now() - newestMs) / 1_000));
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
