import type { NormalisedEvent } from '@fleethook/events';
import type { KafkaError } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import type { TraceContext, TracedSpan, Tracing } from '@fleethook/observability';

/** A span per event of a request, from its check until Kafka has it. What the event turns into goes on from it. */
export class EventTracing {
  constructor(
    private readonly tracing: Tracing,
    /** The request's own. */
    private readonly request: TraceContext,
  ) {}

  sending({ prn, name, body }: NormalisedEvent): TracedSpan | undefined {
    return this.tracing.start({
      name: `send ${TOPICS.events.name}`,
      kind: 'producer',
      parent: this.request,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'send',
        'messaging.destination.name': TOPICS.events.name,
        'messaging.message.body.size': body.length,
        'fleethook.event': prn,
        'fleethook.event_name': name,
      },
    });
  }

  sent(span: TracedSpan, error: KafkaError | undefined): void {
    if (error !== undefined) span.fail(error.code, error.message);
    span.end();
  }
}
