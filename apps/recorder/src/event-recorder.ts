import { Inject, Injectable } from '@nestjs/common';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { EventWriter, type EventFact } from '@fleethook/store';
import { KeptDays } from './kept-days.js';

/** Writes events, wherever they come from, and says what came of it. */
@Injectable()
export class EventRecorder {
  constructor(
    private readonly writer: EventWriter,
    private readonly keptDays: KeptDays,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** @throws StoreError when nothing may have been written: try again later */
  async record(facts: readonly EventFact[]): Promise<void> {
    const { events, outOfRange, refused } = await this.writer.write(facts, await this.keptDays.now());
    this.metrics.recorderRows.inc({ table: 'events' }, events);
    if (outOfRange > 0) {
      this.metrics.recorderSkipped.inc({ reason: 'out_of_range' }, outOfRange);
      this.log.warn({ event: 'history.out_of_range', rows: outOfRange }, 'Events of days that are not kept');
    }
    for (const { fact, error } of refused) {
      this.metrics.recorderSkipped.inc({ reason: 'refused' });
      this.log.error({ event: 'history.refused', event_prn: fact.event }, error.message);
    }
  }
}
