import { Injectable } from '@nestjs/common';
import { TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { Tracing, type TracedSpan } from '@fleethook/observability';

/** A trace of its own for each delivery that a replay sends, linked to the one in which its event was first sent. */
@Injectable()
export class ReplayTracing {
  constructor(private readonly tracing: Tracing) {}

  /** Undefined when tracing is off. */
  sending({ event, name, webhook, trace, body }: DeliveryMessage, series: string): TracedSpan | undefined {
    if (!this.tracing.isOn) return undefined;
    return this.tracing.start({
      name: `send ${TOPICS.deliveries.name}`,
      kind: 'producer',
      links: trace === undefined ? [] : [trace],
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'send',
        'messaging.destination.name': TOPICS.deliveries.name,
        'messaging.message.body.size': body.length,
        'fleethook.event': event,
        'fleethook.event_name': name,
        'fleethook.webhook': webhook,
        'fleethook.series': series,
      },
    });
  }
}
