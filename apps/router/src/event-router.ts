import { Inject, Injectable } from '@nestjs/common';
import { organizationOf } from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import { MatchingError, SubscriptionIndex, type Subscription } from '@fleethook/matching';
import { EventReader, type EventMessage, type RefusedRecord } from '@fleethook/messages';
import { LOG, type Log, METRICS, type Metrics, type TracedSpan, startAtZero } from '@fleethook/observability';
import { deadLetterOf } from './dead-letter.js';
import { EventTracing } from './event-tracing.js';
import { Deliveries, Routing, Single } from './routing.js';

/** Says what a record of `fleet.events` turns into. */
@Injectable()
export class EventRouter {
  // Children are looked up once: a label set is hashed at every look-up.
  readonly #matched;
  readonly #unmatched;
  readonly #parked;
  readonly #deliveries;

  constructor(
    private readonly reader: EventReader,
    private readonly subscriptions: SubscriptionIndex,
    private readonly tracing: EventTracing,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) metrics: Metrics,
  ) {
    startAtZero(metrics.routerEvents, 'result', ['matched', 'unmatched', 'parked']);
    this.#matched = metrics.routerEvents.labels('matched');
    this.#unmatched = metrics.routerEvents.labels('unmatched');
    this.#parked = metrics.routerEvents.labels('parked');
    this.#deliveries = metrics.routerDeliveries;
  }

  /**
   * Never throws: a record that has begun is settled or left to somebody else, or its partition stands still behind it.
   *
   * @param record has begun @returns undefined when nobody wants it: it is settled then
   */
  route(record: KafkaRecord): Routing | undefined {
    const read = this.reader.read(record);
    if (read.kind === 'refused') return this.#park(record, read);
    try {
      return this.#routeEvent(record, read.event);
    } catch (fault) {
      return this.#park(record, { reason: 'undecodable', detail: 'routing it failed', fault });
    }
  }

  #routeEvent(record: KafkaRecord, event: EventMessage): Routing | undefined {
    const span = this.tracing.routing(record, event);
    const subscriptions = this.#match(event);
    if (subscriptions === undefined) {
      span?.fail('undecodable');
      return this.#park(record, { reason: 'undecodable', detail: 'the body is not JSON' }, span);
    }
    const [first] = subscriptions;
    span?.set({ 'fleethook.deliveries': subscriptions.length });
    if (first === undefined) {
      this.#unmatched.inc();
      span?.end();
      record.settle();
      return undefined;
    }
    this.#matched.inc();
    this.#deliveries.inc(subscriptions.length);
    return new Routing(record, new Deliveries(event, first, subscriptions, span), span);
  }

  /** @returns undefined when a filter asks for the content of what has none */
  #match({ event, name, body }: EventMessage): readonly Subscription[] | undefined {
    try {
      return this.subscriptions.match(organizationOf(event), name, body);
    } catch (error) {
      if (error instanceof MatchingError) return undefined;
      throw error;
    }
  }

  #park(record: KafkaRecord, { reason, detail, fault }: Omit<RefusedRecord, 'kind'>, span?: TracedSpan): Routing {
    const { topic, partition, offset } = record;
    this.#parked.inc();
    const line = { event: 'event.parked', topic, partition, offset, reason, detail, trace_id: span?.traceId };
    if (fault === undefined) this.log.warn(line);
    else this.log.error({ ...line, error: fault });
    return new Routing(record, new Single(deadLetterOf(record, reason, detail)), span);
  }
}
