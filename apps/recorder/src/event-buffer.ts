import { Inject, Injectable } from '@nestjs/common';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import type { EventFact } from '@fleethook/store';
import { EventRecorder } from './event-recorder.js';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';
import { RecordBuffer } from './record-buffer.js';

/** Events on their way to PostgreSQL. */
@Injectable()
export class EventBuffer extends RecordBuffer<EventFact> {
  constructor(
    private readonly recorder: EventRecorder,
    @Inject(HISTORY_OPTIONS) options: HistoryOptions,
    @Inject(LOG) log: Log,
    @Inject(METRICS) metrics: Metrics,
  ) {
    super(options, log, metrics);
  }

  protected override write(facts: readonly EventFact[]): Promise<void> {
    return this.recorder.record(facts);
  }

  protected override noteLag(facts: readonly EventFact[]): void {
    let newestMs = 0;
    for (const { acceptedAtMs } of facts) newestMs = Math.max(newestMs, acceptedAtMs);
    this.metrics.recorderEventLagSeconds.set(Math.max(0, (Date.now() - newestMs) / 1_000));
  }
}
