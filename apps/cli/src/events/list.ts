import { shortPrn } from '../connection/api-client.js';
import type { Invocation } from '../running/invocation.js';
import { deliveryTable } from '../deliveries/delivery-view.js';
import type { ListOptions } from '../values/list-options.js';
import { jsonText } from '../output/style.js';
import { age, fullTime } from '../values/moment.js';
import { deviceNameOf, eventNameOf, eventQuery, type EventFilterOptions } from './event-query.js';

const MAX_DELIVERIES = 100;

export async function listEvents(invocation: Invocation, options: EventFilterOptions & ListOptions): Promise<void> {
  const { api, output } = invocation;
  const query = { ...(await eventQuery(api, options)), order: 'desc' } as const;
  const { items, nextPage } = await api.list('GET /events', { query }, options.limit, options.page);
  const nowMs = Date.now();
  output.result({ events: items, next_page: nextPage }, () =>
    output.table(
      [
        { title: 'AGE', cell: (event) => age(event.inserted_at, nowMs) },
        { title: 'TYPE', cell: (event) => ({ text: eventNameOf(event), meaning: 'name' }), canShrink: true },
        { title: 'DEVICE', cell: deviceNameOf, canShrink: true },
        { title: 'EVENT', cell: (event) => shortPrn(event.prn) },
      ],
      items,
      'There are no events, as far as the history is written.',
    ),
  );
}

/** An event, and what became of it. */
export async function showEvent({ api, output }: Invocation, given: string): Promise<void> {
  const prn = await api.prnOf('event', given);
  const { event } = await api.call('GET /events/{prn}', { path: { prn } });
  const found = await api.list('GET /events/{prn}/deliveries', { path: { prn } }, MAX_DELIVERIES);
  const nowMs = Date.now();
  output.result({ event, deliveries: found.items, next_page: found.nextPage }, () => {
    output.facts([
      ['event', event.prn],
      ['type', eventNameOf(event), 'name'],
      ['when', fullTime(event.inserted_at, nowMs)],
      ['device', deviceNameOf(event)],
    ]);
    output.line(`\n${jsonText(event.data.data, 2)}\n`);
    if (found.items.length === 0) output.line('No webhook was subscribed to it, or the history is not written yet.');
    else deliveryTable(output, found.items, 'webhook', nowMs);
  });
}
