import { Injectable } from '@nestjs/common';
import {
  eventsOfAttempt,
  HistoryWriter,
  type HistoryFact,
  type WriteOptions,
  type WriteResult,
} from '@fleethook/store';
import { EventRecorder } from './event-recorder.js';
import { HistorySink } from './history-buffer.js';

/** Attempts become rows of their own, and test fires and failures events beside them. */
@Injectable()
export class AttemptSink extends HistorySink {
  constructor(
    private readonly writer: HistoryWriter,
    private readonly events: EventRecorder,
  ) {
    super();
  }

  override async write(facts: readonly HistoryFact[], options: WriteOptions): Promise<WriteResult> {
    const result = await this.writer.write(facts, options);
    const events = facts.flatMap(({ attempt }) => (attempt === undefined ? [] : eventsOfAttempt(attempt)));
    if (events.length > 0) await this.events.record(events);
    return result;
  }
}
