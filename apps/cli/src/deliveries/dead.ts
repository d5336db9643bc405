import type { Schemas } from '@fleethook/contract';
import { shortPrn, type ApiClient, type Page } from '../connection/api-client.js';
import type { Invocation } from '../running/invocation.js';
import type { ListOptions } from '../values/list-options.js';
import { age } from '../values/moment.js';
import { deliveriesOf, windowQuery, type DeliveryQuery } from './delivery-query.js';

type Delivery = Schemas['Delivery'];

export interface DeadOptions extends ListOptions {
  readonly webhook?: string;
  readonly type?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly all?: boolean;
}

const NONE = 'Nothing was given up.';

export async function listDead({ api, output }: Invocation, options: DeadOptions): Promise<void> {
  const { items, nextPage } = await findDead(api, options);
  const nowMs = Date.now();
  output.result({ deliveries: items, next_page: nextPage }, () => {
    output.table(
      [
        { title: 'AGE', cell: ({ inserted_at }) => age(inserted_at, nowMs) },
        { title: 'TYPE', cell: ({ event_type }) => event_type, canShrink: true },
        { title: 'REASON', cell: reasonOf, canShrink: true },
        { title: 'DELIVERY', cell: ({ id }) => id },
      ],
      items,
      NONE,
    );
    if (nextPage !== null) output.note('There are more: see --limit.');
  });
}

interface DeadCount {
  readonly webhook_prn: string;
  readonly reason: string;
  readonly count: number;
  /** When its event was accepted. */
  readonly oldest: string;
}

/** Which webhooks they are of, and why: what to redrive. */
export async function countDead({ api, output }: Invocation, options: DeadOptions): Promise<void> {
  const { items, nextPage } = await findDead(api, options);
  const counts = new Map<string, DeadCount>();
  // Newest first: the last one of each is the oldest.
  for (const delivery of items) {
    const reason = reasonOf(delivery);
    const key = `${delivery.webhook_prn} ${reason}`;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { webhook_prn: delivery.webhook_prn, reason, count, oldest: delivery.inserted_at });
  }
  const rows = [...counts.values()].toSorted((left, right) => right.count - left.count);
  const nowMs = Date.now();
  output.result({ counts: rows, is_complete: nextPage === null }, () => {
    output.table(
      [
        { title: 'WEBHOOK', cell: ({ webhook_prn }) => shortPrn(webhook_prn) },
        { title: 'REASON', cell: ({ reason }) => reason, canShrink: true },
        { title: 'OLDEST', cell: ({ oldest }) => age(oldest, nowMs) },
        { title: 'COUNT', cell: ({ count }) => String(count), align: 'right' },
      ],
      rows,
      NONE,
    );
    if (nextPage !== null) output.note('There are more, which are not counted: see --limit.');
  });
}

const reasonOf = ({ detail, dead_reason: reason }: Delivery): string =>
  detail === 'redriven' ? 'redriven' : (reason ?? '-');

/** Of those that failed, the ones that nobody has taken up again. */
async function findDead(api: ApiClient, options: DeadOptions): Promise<Page<Delivery>> {
  const owner = options.webhook === undefined ? {} : { webhook: options.webhook };
  const query: DeliveryQuery = { status: 'failed', type: options.type, ...windowQuery(options) };
  const items: Delivery[] = [];
  let page = options.page;
  let nextPage: string | null;
  do {
    const found = await deliveriesOf(api, owner, query, options.limit - items.length, page);
    items.push(...found.items.filter(({ detail }) => options.all === true || detail === 'dead'));
    ({ nextPage } = found);
    page = nextPage ?? undefined;
  } while (nextPage !== null && items.length < options.limit);
  return { items, nextPage };
}
