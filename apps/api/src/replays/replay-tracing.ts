import { Injectable } from '@nestjs/common';
import { TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { Tracing, type TraceContext, type TracedSpan } from '@fleethook/observability';
import type { ReplayEntity } from '@fleethook/store';

/** Whoever sends again did not send first: its spans are children of what asked for it, and linked to the trace of the event. */
@Injectable()
export class ReplayTracing {
  constructor(private readonly tracing: Tracing) {}

  /** From a run's beginning until it ends or is stopped. Undefined when tracing is off. */
  running({ prn, webhookPrn, source }: ReplayEntity): TracedSpan | undefined {
    if (!this.tracing.isOn) return undefined;
    return this.tracing.start({
      name: 'run replay',
      kind: 'internal',
      attributes: {
        'fleethook.webhook': webhookPrn,
        'fleethook.series': seriesOf(prn),
        'fleethook.source': source,
      },
    });
  }

  /**
   * Until Kafka has it. Undefined when tracing is off.
   * @param delivery its `trace` is the one in which it was first sent, as far as that is still known
   * @param parent the request's, or the run's
   */
  sending(delivery: DeliveryMessage, parent: TraceContext | undefined): TracedSpan | undefined {
    if (!this.tracing.isOn) return undefined;
    const { event, name, webhook, series, trace, body } = delivery;
    return this.tracing.start({
      name: `send ${TOPICS.deliveries.name}`,
      kind: 'producer',
      parent,
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
        ...(series === undefined ? {} : { 'fleethook.series': series }),
      },
    });
  }
}

/** What a replay sends bears the replay's own name. */
export function seriesOf(replay: ReplayEntity['prn']): string {
  return replay.slice(-36);
}
