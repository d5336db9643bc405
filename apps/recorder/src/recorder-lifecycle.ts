import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ConfigTopicReader, KafkaBatchServer } from '@fleethook/kafka';
import { BreakerBuffer } from './breaker-buffer.js';
import { EventBuffer } from './event-buffer.js';
import { HistoryBuffer } from './history-buffer.js';

/** The consumer of `fleet.events`: a group of its own, since a group has one fixed set of topics. */
export const EVENTS_SERVER = Symbol('event history server');

/** The batches under way are finished, what waits is left to the next owner, and only then the rest of the app ends. */
@Injectable()
export class RecorderLifecycle implements BeforeApplicationShutdown {
  constructor(
    private readonly records: KafkaBatchServer,
    private readonly buffer: HistoryBuffer,
    private readonly breakers: BreakerBuffer,
    @Inject(EVENTS_SERVER) private readonly events: KafkaBatchServer,
    private readonly eventBuffer: EventBuffer,
    private readonly configuration: ConfigTopicReader,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.buffer.stop();
    this.breakers.stop();
    this.eventBuffer.stop();
    // All at once: one after the other they could take longer than a stopping process has. No batch is read any more.
    await Promise.all([this.records.close(), this.events.close(), this.configuration.close()]);
  }
}
