import { Injectable } from '@nestjs/common';
import { deliveryIdOf, EventTypes, type Prn } from '@fleethook/events';
import type { KafkaConnection, KafkaContext } from '@fleethook/kafka';
import { EventReader, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { EventBodyQueries, ReplayableDeliveries, type ReplayEntity, type ReplayFilter } from '@fleethook/store';
import { ConfigView } from '../../outbox/config-view.js';
import { BOOKMARK } from '../bookmark.js';
import { EventBodies } from '../event-bodies.js';
import { DeadLetterPicker } from './dead-letter-picker.js';
import { EventPicker } from './event-picker.js';
import { FailedSource } from './failed-source.js';
import { ReplayMatcher } from './replay-matcher.js';
import type { ReplaySource } from './replay-source.js';
import { TopicSource } from './topic-source.js';

/**
 * The broker takes record times that are up to an hour ahead (`message.timestamp.after.max.ms`), so a direct producer's clock can put the
 * first record "after" a window an hour before its end. Whatever intake took in the window was written by then, its produce calls included.
 */
const AHEAD_MS = 3_600_000 + 60_000;

/** How to reach the log, for whoever reads ranges of it. */
export abstract class ReplayKafka {
  abstract readonly connection: KafkaConnection;
  abstract readonly context: KafkaContext;
}

/** Says where a replay's deliveries come from. */
@Injectable()
export class ReplaySources {
  constructor(
    private readonly kafka: ReplayKafka,
    private readonly deliveries: ReplayableDeliveries,
    private readonly bodies: EventBodies,
    private readonly history: EventBodyQueries,
    private readonly configuration: ConfigView,
  ) {}

  of(replay: ReplayEntity): ReplaySource[] {
    const { webhookPrn: webhook, from, to, filter } = replay;
    switch (replay.source) {
      case 'log':
        return [this.#events(replay, from.getTime(), to.getTime())];
      case 'failed': {
        const { statuses = ['failed'], deadReasons } = filter;
        const window = { webhook, from, to, statuses, deadReasons };
        return [new FailedSource(this.deliveries, this.bodies, window, this.#matcher(replay))];
      }
      case 'bookmark': {
        const fromMs = Math.max(from.getTime() - BOOKMARK.routerLagMs, beginsAtMs(filter));
        const toMs = to.getTime() + BOOKMARK.settleMs;
        return [this.#events(replay, fromMs, toMs, true), this.#deadLetters(replay, fromMs, toMs)];
      }
    }
  }

  /** The event types that the organization has registered by now beside the catalogue. */
  eventReader(organization: Prn<'organization'>): EventReader {
    const types = new EventTypes();
    for (const key of this.configuration.keys()) {
      const message = this.configuration.get(key);
      if (message?.kind === 'event_type' && message.organization === organization)
        types.register(organization, message.name, message.schema);
    }
    return new EventReader(types);
  }

  #events(replay: ReplayEntity, fromMs: number, toMs: number, onlyMissing = false): ReplaySource {
    const { webhookPrn: webhook, organizationPrn: organization } = replay;
    const choice = { webhook, fromMs, toMs, matcher: this.#matcher(replay) };
    const leaveOut = (found: readonly DeliveryMessage[]): Promise<ReadonlySet<DeliveryMessage>> =>
      this.#settled(webhook, found, new Date(fromMs));
    const picker = new EventPicker(this.eventReader(organization), choice, {
      taken: (found) => this.#taken(found),
      leaveOut: onlyMissing ? leaveOut : undefined,
    });
    const { connection, context } = this.kafka;
    return new TopicSource(connection, context, { topic: TOPICS.events.name, fromMs, toMs: toMs + AHEAD_MS }, picker);
  }

  #matcher({ prn, filter }: ReplayEntity): ReplayMatcher {
    return new ReplayMatcher(filter, (faults) =>
      this.kafka.context.log.warn(
        { event: 'replay.filter_unreadable', replay: prn, faults },
        'a filter of a replay cannot be read: it narrows nothing',
      ),
    );
  }

  #deadLetters(replay: ReplayEntity, acceptedBeforeMs: number, toMs: number): ReplaySource {
    const { connection, context } = this.kafka;
    return new TopicSource(
      connection,
      context,
      {
        topic: TOPICS.dead.name,
        // What died before it went on from now was passed over with the rest, whenever it was accepted.
        fromMs: Math.max(replay.from.getTime() - BOOKMARK.clockSkewMs, beginsAtMs(replay.filter)),
        toMs: toMs + BOOKMARK.clockSkewMs,
      },
      new DeadLetterPicker({
        webhook: replay.webhookPrn,
        deadReasons: replay.filter.deadReasons ?? ['webhook_disabled'],
        acceptedBeforeMs,
      }),
    );
  }

  /** The history keeps what was taken, byte for byte, and nothing that was refused. */
  async #taken(found: readonly DeliveryMessage[]): Promise<ReadonlySet<DeliveryMessage>> {
    const wanted = found.map(({ event, acceptedAtMs }) => ({ event, acceptedAt: new Date(acceptedAtMs) }));
    const kept = await this.history.find(wanted);
    return new Set(found.filter(({ event, body }) => kept.get(event)?.equals(body) === true));
  }

  async #settled(
    webhook: Prn<'webhook'>,
    found: readonly DeliveryMessage[],
    from: Date,
  ): Promise<ReadonlySet<DeliveryMessage>> {
    const byId = new Map(found.map((delivery) => [deliveryIdOf(delivery.event, webhook), delivery]));
    const settled = await this.deliveries.settled(webhook, [...byId.keys()], from, new Date());
    return new Set(found.filter((delivery) => settled.has(deliveryIdOf(delivery.event, webhook))));
  }
}

/** @returns epoch milliseconds; 0 for a replay of before this was kept */
function beginsAtMs({ notBefore }: ReplayFilter): number {
  return notBefore === undefined ? 0 : Date.parse(notBefore);
}
