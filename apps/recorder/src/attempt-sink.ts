import { Injectable } from '@nestjs/common';
import { eventsOfAttempt, HistoryWriter, type HistoryFact, type WriteResult } from '@fleethook/store';
import { EventRecorder } from './event-recorder.js';
import { HistorySink } from './history-buffer.js';
import { KeptDays } from './kept-days.js';

/** Attempts become rows of their own, and test fires and failures events beside them. */
@Injectable()
export class AttemptSink extends HistorySink {
  constructor(
    private readonly writer: HistoryWriter,
    private readonly events: EventRecorder,
    private readonly keptDays: KeptDays,
  ) {
    super();
  }

  override async write(facts: readonly HistoryFact[]): Promise<WriteResult> {
    const result = await this.writer.write(facts, await this.keptDays.now());
    const events = facts.flatMap(({ attempt }) => (attempt === undefined ? [] : eventsOfAttempt(attempt)));
    if (events.length > 0) await this.events.record(events);
    return result;
  }
}
