import { Inject, Injectable } from '@nestjs/common';
import { LOG, METRICS, startAtZero, type Log, type Metrics } from '@fleethook/observability';
import type { HistoryFact, WriteResult } from '@fleethook/store';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';
import { RecordBuffer } from './record-buffer.js';

/** Where facts go; writing one again changes nothing. */
export abstract class HistorySink {
  /** @throws StoreError when nothing may have been written: try again later */
  abstract write(facts: readonly HistoryFact[]): Promise<WriteResult>;
}

/** Attempts and deaths on their way to PostgreSQL. */
@Injectable()
export class HistoryBuffer extends RecordBuffer<HistoryFact> {
  constructor(
    private readonly sink: HistorySink,
    @Inject(HISTORY_OPTIONS) options: HistoryOptions,
    @Inject(LOG) log: Log,
    @Inject(METRICS) metrics: Metrics,
  ) {
    super(options, log, metrics);
    metrics.recorderDuplicates.inc(0);
    startAtZero(metrics.recorderRows, 'table', ['attempts', 'deliveries', 'events']);
    startAtZero(metrics.recorderSkipped, 'reason', ['undecodable', 'out_of_range', 'refused', 'parked']);
  }

  protected override async write(facts: readonly HistoryFact[]): Promise<void> {
    this.#report(await this.sink.write(facts));
  }

  protected override noteLag(facts: readonly HistoryFact[]): void {
    let newestMs = 0;
    for (const { attempt, state } of facts) newestMs = Math.max(newestMs, attempt?.startedAtMs ?? state.deadAtMs ?? 0);
    if (newestMs > 0) this.metrics.recorderLagSeconds.set(Math.max(0, (Date.now() - newestMs) / 1_000));
  }

  #report(result: WriteResult): void {
    this.metrics.recorderRows.inc({ table: 'attempts' }, result.attempts);
    this.metrics.recorderRows.inc({ table: 'deliveries' }, result.deliveries);
    if (result.repeated > 0) {
      this.metrics.recorderDuplicates.inc(result.repeated);
      this.log.warn({ event: 'history.repeated', deliveries: result.repeated }, 'Receivers got deliveries again');
    }
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
}
