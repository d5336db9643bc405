import type { KafkaRecord } from '@fleethook/kafka';
import type { DeliveryMessage, TraceHeaders } from '@fleethook/messages';
import type { Tracing } from '@fleethook/observability';
import { AttemptTrace } from './attempt-trace.js';

/** Begins the trace of each attempt, when tracing is on. */
export class AttemptTracing {
  constructor(
    private readonly tracing: Tracing,
    /** Receivers' traces go on from ours. */
    private readonly tellsReceivers: boolean,
  ) {}

  /** Undefined when tracing is off. */
  begin(record: KafkaRecord, message: DeliveryMessage, url: string, startedAtMs: number): AttemptTrace | undefined {
    if (!this.tracing.isOn) return undefined;
    const { event, name, webhook, attempt, trace, body } = message;
    const { topic, partition, offset } = record;
    const about = { 'fleethook.event': event, 'fleethook.webhook': webhook, 'fleethook.attempt': attempt };
    const delivery = this.tracing.start({
      name: `process ${topic}`,
      kind: 'consumer',
      parent: trace,
      // Until the attempt begins it waited: in Kafka, then in its lane.
      startedAtMs: Math.min(record.timestampMs, startedAtMs),
      attributes: {
        ...about,
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': String(partition),
        'messaging.kafka.offset': offset,
        'messaging.consumer.group.name': 'delivery',
        'messaging.message.body.size': body.length,
        'fleethook.event_name': name,
      },
    });
    const { hostname, port } = new URL(url);
    const request = this.tracing.start({
      name: 'POST',
      kind: 'client',
      parent: delivery?.context,
      startedAtMs,
      attributes: {
        ...about,
        // No `url.full`: paths and queries of endpoints hold their owners' secrets.
        'http.request.method': 'POST',
        'url.scheme': 'https',
        'server.address': hostname,
        'server.port': port === '' ? 443 : Number(port),
        ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
      },
    });
    return delivery === undefined || request === undefined ? undefined : new AttemptTrace(delivery, request);
  }

  /** What the request tells its receiver: also what somebody before us began, if we do not trace. */
  toReceiver(message: DeliveryMessage, trace: AttemptTrace | undefined): TraceHeaders | undefined {
    return this.tellsReceivers ? (trace?.request.context ?? message.trace) : undefined;
  }
}
