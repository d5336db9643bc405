import type { DeliveryMessage } from '@fleethook/messages';
import type { FailedWindow, ReplayableDeliveries, ReplayableDelivery, ReplayPosition } from '@fleethook/store';
import type { EventBodies, FoundBody } from '../event-bodies.js';
import type { ReplayMatcher } from './replay-matcher.js';
import { ReplaySource, type ReplayItem } from './replay-source.js';

const PAGE = 200;
/** Beyond it, it takes too long to count them. */
const MOST_COUNTED = 100_000;

/** Deliveries of the history that did not arrive, with their bodies from wherever they are kept. */
export class FailedSource extends ReplaySource {
  constructor(
    private readonly deliveries: ReplayableDeliveries,
    private readonly bodies: EventBodies,
    private readonly window: FailedWindow,
    private readonly matcher: ReplayMatcher,
  ) {
    super();
  }

  override open(): Promise<number | undefined> {
    return this.deliveries.countFailed(this.window, MOST_COUNTED);
  }

  override async *items(position: ReplayPosition, signal: AbortSignal): AsyncGenerator<readonly ReplayItem[]> {
    while (!signal.aborted) {
      const page = await this.deliveries.failed(this.window, { after: position.failed, limit: PAGE });
      if (page.length === 0) return;
      const wanted = page.filter(({ name }) => this.matcher.wantsName(name));
      const bodies = await this.bodies.ofAll(wanted, signal);
      yield page.map((delivery) => this.#itemOf(delivery, bodies.get(delivery.delivery), position));
    }
  }

  #itemOf(delivery: ReplayableDelivery, found: FoundBody | undefined, position: ReplayPosition): ReplayItem {
    const isWanted =
      this.matcher.wantsName(delivery.name) && (found === undefined || this.matcher.wantsBody(found.body));
    return {
      scanned: 1,
      skipped: isWanted && found === undefined ? 1 : 0,
      delivery: isWanted && found !== undefined ? messageOf(delivery, found) : undefined,
      pass: () => {
        position.failed = { acceptedAtMs: delivery.acceptedAt.getTime(), delivery: delivery.delivery };
      },
    };
  }
}

/** Its first attempt; the caller gives it a series. */
export function messageOf(delivery: ReplayableDelivery, { body, trace }: FoundBody): DeliveryMessage {
  const { event, name, webhook, acceptedAt } = delivery;
  return { event, name, webhook, lane: 0, acceptedAtMs: acceptedAt.getTime(), attempt: 1, body, trace };
}
