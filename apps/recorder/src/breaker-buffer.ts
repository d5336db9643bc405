import { Inject, Injectable } from '@nestjs/common';
import type { BreakerMessage } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { BreakerQueries } from '@fleethook/store';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';
import { RecordBuffer } from './record-buffer.js';

/** Circuit breakers that opened or closed, on their way to PostgreSQL: few, and the attempts do not wait for them. */
@Injectable()
export class BreakerBuffer extends RecordBuffer<BreakerMessage> {
  constructor(
    private readonly breakers: BreakerQueries,
    @Inject(HISTORY_OPTIONS) options: HistoryOptions,
    @Inject(LOG) log: Log,
    @Inject(METRICS) metrics: Metrics,
  ) {
    super(options, log, metrics);
  }

  protected override async write(messages: readonly BreakerMessage[]): Promise<void> {
    await this.breakers.record(messages);
    this.metrics.recorderRows.inc({ table: 'webhook_breakers' }, messages.length);
  }

  /** The lag is the attempts'. */
  protected override noteLag(): void {}
}
