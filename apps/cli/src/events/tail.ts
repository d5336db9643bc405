import type { Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { waitFor } from '../connection/http.js';
import { jsonText, printable } from '../output/style.js';
import type { Invocation } from '../running/invocation.js';
import { apiTime } from '../values/moment.js';
import { deviceNameOf, eventNameOf, eventQuery, type EventFilterOptions, type EventQuery } from './event-query.js';

type RecordedEvent = Schemas['RecordedEvent'];

export interface TailOptions extends EventFilterOptions {
  readonly interval: number;
  readonly payload?: boolean;
}

/** An event is in the history a while after it was accepted, and bears a time before that: it is looked for so long. */
const LOOK_BACK_MS = 60_000;
const PAGE = 100;

/** Shows events as they come, until Ctrl-C. */
export async function tail(invocation: Invocation, options: TailOptions): Promise<void> {
  const { api, output, signal } = invocation;
  const filters = await eventQuery(api, options);
  /** By PRN, the time that it bears. */
  const seen = new Map<string, number>();
  let fromMs = options.since?.getTime() ?? Date.now() - LOOK_BACK_MS;
  // What came before is not news, unless it was asked for.
  let isNews = options.since !== undefined;
  output.note(`Events of ${api.url}; Ctrl-C ends.`);
  try {
    for (;;) {
      const polledAtMs = Date.now();
      for await (const event of since(invocation, filters, fromMs)) {
        if (seen.has(event.prn)) continue;
        seen.set(event.prn, Date.parse(event.inserted_at));
        if (isNews) print(output, event, options.payload === true);
      }
      isNews = true;
      fromMs = Math.max(fromMs, polledAtMs - LOOK_BACK_MS);
      // The API's window begins at a whole second.
      for (const [prn, atMs] of seen) if (atMs < fromMs - 1_000) seen.delete(prn);
      await waitFor(options.interval, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Oldest first, page by page. */
async function* since({ api }: Invocation, filters: EventQuery, fromMs: number): AsyncGenerator<RecordedEvent> {
  const query = { ...filters, order: 'asc', inserted_at_gte: apiTime(new Date(fromMs)) } as const;
  for (let page: string | undefined; ;) {
    const { items, nextPage } = await api.list('GET /events', { query }, PAGE, page);
    yield* items;
    if (nextPage === null) return;
    page = nextPage;
  }
}

function print(output: Invocation['output'], event: RecordedEvent, withPayload: boolean): void {
  output.record(event, () => {
    const time = output.paint('faint', event.inserted_at.slice(11, 19));
    const name = output.paint('name', eventNameOf(event).padEnd(28));
    const device = printable(deviceNameOf(event)).padEnd(12);
    output.line(`${time}  ${name}  ${device}  ${output.paint('faint', shortPrn(event.prn))}`);
    if (withPayload) output.line(jsonText(event.data.data, 2));
  });
}
