import { Injectable } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import { Tracing, type TracedSpan } from '@fleethook/observability';

/** A span per stay in a tier, from the moment when Kafka appended the record until it has it back in `webhook.deliveries`. */
@Injectable()
export class TierTracing {
  constructor(private readonly tracing: Tracing) {}

  /** Undefined when tracing is off. */
  released(record: KafkaRecord, { event, webhook, attempt, reason, trace }: DeliveryMessage): TracedSpan | undefined {
    if (!this.tracing.isOn || trace === undefined) return undefined;
    return this.tracing.start({
      name: `process ${record.topic}`,
      kind: 'consumer',
      parent: trace,
      startedAtMs: record.timestampMs,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.name': record.topic,
        'messaging.destination.partition.id': String(record.partition),
        'messaging.kafka.offset': record.offset,
        'messaging.consumer.group.name': 'delivery-tiers',
        'fleethook.event': event,
        'fleethook.webhook': webhook,
        'fleethook.attempt': attempt,
        ...(reason === undefined ? {} : { 'fleethook.reason': reason }),
      },
    });
  }
}
