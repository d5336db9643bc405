import { Injectable } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import type { EventMessage } from '@fleethook/messages';
import { Tracing, type TracedSpan } from '@fleethook/observability';

/** A span per event, from its record until Kafka has all that it turned into. */
@Injectable()
export class EventTracing {
  constructor(private readonly tracing: Tracing) {}

  /** Undefined when tracing is off. */
  routing(record: KafkaRecord, { event, name, body, trace }: EventMessage): TracedSpan | undefined {
    if (!this.tracing.isOn) return undefined;
    return this.tracing.start({
      name: `process ${record.topic}`,
      kind: 'consumer',
      parent: trace,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.name': record.topic,
        'messaging.destination.partition.id': String(record.partition),
        'messaging.kafka.offset': record.offset,
        'messaging.consumer.group.name': 'router',
        'messaging.message.body.size': body.length,
        'fleethook.event': event,
        'fleethook.event_name': name,
      },
    });
  }
}
