import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventReader, MessageError, TOPICS } from '@fleethook/messages';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { eventFact, type EventFact } from '@fleethook/store';
import { EventBuffer } from './event-buffer.js';

/** Names the consumer of `fleet.events`. */
export const EVENTS = Symbol('event history');

/** Every event that was accepted, whether anybody is subscribed to it or not. */
@Controller()
export class EventsConsumer {
  constructor(
    private readonly buffer: EventBuffer,
    private readonly reader: EventReader,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @EventPattern(TOPICS.events.name, EVENTS)
  onBatch(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) this.buffer.offer(record, this.#eventIn);
  }

  /** Undefined for what is no event: the router parks it with the reason, so that here it is only counted. */
  readonly #eventIn = (record: KafkaRecord): EventFact | undefined => {
    const { topic, partition, offset } = record;
    const line = { event: 'history.not_an_event', topic, partition, offset };
    try {
      const read = this.reader.read(record);
      if (read.kind === 'event') return eventFact(read.event);
      this.#leftOut(line, read.fault);
    } catch (error) {
      // Whatever it is, the records behind it have their history.
      this.#leftOut(line, error instanceof MessageError ? undefined : error);
    }
    this.metrics.recorderSkipped.inc({ reason: 'parked' });
    return undefined;
  };

  /** @param fault ours to mend; undefined when the record is at fault */
  #leftOut(line: object, fault: unknown): void {
    if (fault === undefined) this.log.debug(line);
    else this.log.error({ ...line, error: fault });
  }
}
