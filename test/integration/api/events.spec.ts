import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, timestampOf, type Prn } from '@fleethook/events';
import type { EventMessage } from '@fleethook/messages';
import { EventQueries } from '@fleethook/store';
import { eventMessage } from '../../support/facts.js';
import { ApiWorld } from './api-world.js';
import { recordHistory } from './recorded-history.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let world: ApiWorld;
let organization: Prn<'organization'>;

beforeAll(async () => {
  world = await ApiWorld.create();
  organization = await world.organization();
});
afterAll(() => world[Symbol.asyncDispose]());

const record = (...events: EventMessage[]): Promise<void> => recordHistory(world, { events });

interface Event {
  prn: string;
  inserted_at: string;
}
interface Page {
  events: Event[];
  next_page: string | null;
}

async function list(query: string): Promise<Page> {
  const reply = await world.call('GET', `/events?${query}`);
  expect(reply).toMatchObject({ status: 200 });
  return reply.json as Page;
}

async function prns(query: string): Promise<string[]> {
  return (await list(`limit=100&${query}`)).events.map(({ prn }) => prn);
}

/** Every page of a list, and between any two of them what `meanwhile` does. */
async function walk(query: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<Event[]> {
  const seen: Event[] = [];
  for (let page: string | null = ''; page !== null;) {
    const answer: Page = await list(`${query}&page=${page}`);
    seen.push(...answer.events);
    page = answer.next_page;
    await meanwhile();
  }
  return seen;
}

function deviceOf(identifier: string) {
  return { prn: newPrn(organization, 'device'), identifier };
}

describe('the list of events', () => {
  it('shows the envelope, and what it is about', async () => {
    const device = deviceOf('pump-17');
    const event = eventMessage({ organization, payload: { device, ip_address: '198.51.100.7' } });
    await record(event);
    const envelope = JSON.parse(event.body.toString()) as object;
    const shown = { ...envelope, actor_prn: device.prn, resource_prn: device.prn, event_subtype: 'connected' };
    expect(await list(`device_prn=${device.prn}`)).toEqual({ events: [shown], next_page: null });
    expect(await world.call('GET', `/events/${event.event}`)).toMatchObject({ status: 200, json: { event: shown } });
    expect(await world.app.get(EventQueries).bodyOf(event.event)).toEqual(event.body);
  });

  it('names who made an API key, and the key', async () => {
    const [key, user] = [newPrn(organization, 'api_key'), `prn:1:user:${crypto.randomUUID()}`];
    const event = eventMessage({
      organization,
      name: 'api_key.created',
      payload: { api_key_prn: key, creator_prn: user },
    });
    await record(event);
    expect((await list(`resource_prn=${key}`)).events).toEqual([
      expect.objectContaining({ prn: event.event, actor_prn: user, resource_prn: key, event_subtype: 'created' }),
    ]);
    expect(await prns(`actor_prn=${user}`)).toEqual([event.event]);
    expect(await prns('type=api_key')).toEqual([event.event]);
  });

  it('is in the order of inserted_at, both ways, page by page, while events are added', async () => {
    const device = deviceOf('ordered');
    const startMs = Date.now() - 2 * DAY_MS;
    // Several in each second, so that pages end between equals; accepted in another order than they happened.
    const made = Array.from({ length: 23 }, (_, index) =>
      eventMessage({
        organization,
        insertedAtMs: startMs + Math.floor(index / 4) * 1_000,
        acceptedAtMs: startMs + ((index * 7) % 23) * HOUR_MS,
        payload: { device },
      }),
    );
    await record(...made);
    const query = `device_prn=${device.prn}&limit=5`;
    for (const order of ['asc', 'desc']) {
      const seen = await walk(`${query}&order=${order}`, () =>
        record(
          eventMessage({ organization, payload: { device } }),
          eventMessage({ organization, insertedAtMs: startMs - DAY_MS, payload: { device } }),
        ),
      );
      const known = new Set<string>(made.map(({ event }) => event));
      const ofMade = seen.filter(({ prn }) => known.has(prn));
      expect(ofMade).toHaveLength(23);
      expect(new Set(seen.map(({ prn }) => prn)).size).toBe(seen.length);
      const times = seen.map(({ inserted_at: at }) => at);
      expect(times).toEqual(order === 'asc' ? times.toSorted() : times.toSorted().toReversed());
    }
  });

  it('goes on behind a device that has no clock, or a clock that is far ahead', async () => {
    const device = deviceOf('timeless');
    const times = ['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'];
    const made = times.map((time) =>
      eventMessage({ organization, insertedAtMs: Date.parse(time), payload: { device } }),
    );
    await record(...made);
    for (const [order, wanted] of [
      ['asc', times],
      ['desc', times.toReversed()],
    ] as const) {
      const seen = await walk(`device_prn=${device.prn}&order=${order}&limit=1`);
      expect(seen.map(({ inserted_at: at }) => at)).toEqual(wanted);
    }
  });

  it('narrows by every filter, and by several at once', async () => {
    const cohort = newPrn(organization, 'cohort');
    const device = { ...deviceOf('narrow'), cohort: { cohort_prn: cohort, cohort_name: 'c' }, tags: ['roof', 'old'] };
    const other = { ...deviceOf('narrow-2'), tags: ['roof'] };
    const [updated, failed, others] = [
      eventMessage({ organization, name: 'device.updated', payload: { device } }),
      eventMessage({ organization, name: 'device.authentication_failed', payload: { device, reason: 'jitp_failed' } }),
      eventMessage({ organization, name: 'device.updated', payload: { device: other } }),
    ];
    await record(updated, failed, others);
    const both = [updated.event, failed.event].toSorted();
    expect((await prns(`cohort_prn=${cohort}`)).toSorted()).toEqual(both);
    expect((await prns('identifier=narrow')).toSorted()).toEqual(both);
    expect((await prns(`actor_prn=${device.prn}`)).toSorted()).toEqual(both);
    expect((await prns('tag=roof')).toSorted()).toEqual([updated.event, failed.event, others.event].toSorted());
    expect((await prns('tag=old')).toSorted()).toEqual(both);
    expect(await prns('type=device&subtype=authentication-failed')).toEqual([failed.event]);
    expect(await prns('subtype=authentication_failed')).toEqual([failed.event]);
    expect(await prns(`tag=roof&subtype=updated&device_prn=${other.prn}`)).toEqual([others.event]);
    expect(await prns('type=device')).toEqual(expect.arrayContaining([...both, others.event]));
    expect(await prns('type=robot')).toEqual([]);
    expect(await prns('tag=')).toEqual(expect.arrayContaining(both));
  });

  it('takes inserted_at_gte for the first and inserted_at_lt for the end', async () => {
    const device = deviceOf('windowed');
    const startMs = Math.floor(Date.now() / 1_000) * 1_000 - DAY_MS;
    const made = [0, 1, 2, 3].map((second) =>
      eventMessage({ organization, insertedAtMs: startMs + second * 1_000, payload: { device } }),
    );
    await record(...made);
    const window = `inserted_at_gte=${timestampOf(startMs + 1_000)}&inserted_at_lt=${timestampOf(startMs + 3_000)}`;
    expect(await prns(`device_prn=${device.prn}&${window}`)).toEqual(made.slice(1, 3).map(({ event }) => event));
  });

  it('shows an event once, however late it was sent again', async () => {
    const device = deviceOf('again');
    const acceptedAtMs = Date.now() - 4 * DAY_MS;
    const first = eventMessage({ organization, acceptedAtMs, payload: { device } });
    const { event } = first;
    const soon = eventMessage({ organization, event, acceptedAtMs: acceptedAtMs + HOUR_MS, payload: { device } });
    const late = eventMessage({ organization, event, acceptedAtMs: acceptedAtMs + 3 * DAY_MS, payload: { device } });
    const others = [1, 2, 3].map((hour) =>
      eventMessage({ organization, acceptedAtMs: acceptedAtMs + hour * HOUR_MS, payload: { device } }),
    );
    for (const one of [first, soon, late, ...others]) await record(one);
    const rows = await world.database.query('SELECT 1 FROM events WHERE event = $1', [event.slice(-36)]);
    expect(rows).toHaveLength(2);
    for (const order of ['asc', 'desc']) {
      const seen = await walk(`device_prn=${device.prn}&order=${order}&limit=1`);
      expect(seen.map(({ prn }) => prn).toSorted()).toEqual([event, ...others.map((one) => one.event)].toSorted());
    }
    const reply = await world.call('GET', `/events/${event}`);
    expect(reply.json).toMatchObject({ event: { inserted_at: timestampOf(acceptedAtMs) } });
  });

  it('shows an event that was sent again however its pages fall, of a tag as well', async () => {
    const device = { ...deviceOf('pages'), tags: ['pages'] };
    const acceptedAtMs = Date.now() - 4 * DAY_MS;
    const made = Array.from({ length: 4 }, () => eventMessage({ organization, acceptedAtMs, payload: { device } }));
    await record(...made);
    // In another second than the others, they keep the time that they bear: beside the first, in the middle of the list.
    const again = made.map((one, index) => ({ ...one, acceptedAtMs: acceptedAtMs + (2 + index / 24) * DAY_MS }));
    for (const one of again) await record(one);
    const wanted = made.map(({ event }) => event).toSorted();
    for (const filter of [`device_prn=${device.prn}`, 'tag=pages'])
      for (const order of ['asc', 'desc'])
        for (const limit of [1, 2, 3]) {
          const seen = (await walk(`${filter}&order=${order}&limit=${limit}`)).map(({ prn }) => prn);
          expect([filter, order, limit, seen]).toEqual([
            filter,
            order,
            limit,
            order === 'asc' ? wanted : wanted.toReversed(),
          ]);
        }
  });

  it('ends a page early rather than go through all that was sent again, and leaves nothing out', async () => {
    const device = deviceOf('every day');
    const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 4 * DAY_MS;
    const visible = [0, 750_500, 3_000_000].map((afterMs) =>
      eventMessage({
        organization,
        acceptedAtMs: startMs + (afterMs === 0 ? 0 : 2 * DAY_MS),
        insertedAtMs: startMs + afterMs,
        payload: { device },
      }),
    );
    await record(...visible);
    const [first, middle, last] = visible.map(({ event }) => event);
    // What a device has sent under one name since, one after the other.
    await world.database.query(
      `INSERT INTO events (organization, accepted_at, event, name, inserted_at, device, body)
       SELECT organization, accepted_at + interval '2 days' + n * interval '1 ms', event, name, inserted_at + n * interval '1 s', device, body
       FROM events CROSS JOIN generate_series(1, 2500) AS n WHERE event = $1`,
      [first?.slice(-36)],
    );
    const pagesOf = async (query: string): Promise<string[][]> => {
      const pages: string[][] = [];
      for (let page: string | null = ''; page !== null;) {
        const answer: Page = await list(`device_prn=${device.prn}&${query}&page=${page}`);
        pages.push(answer.events.map(({ prn }) => prn));
        page = answer.next_page;
      }
      return pages;
    };
    expect(await pagesOf('limit=5')).toEqual([[first, middle], [], [last]]);
    for (const limit of [1, 2, 100])
      for (const order of ['asc', 'desc'])
        expect([limit, order, ...(await pagesOf(`limit=${limit}&order=${order}`)).flat()]).toEqual([
          limit,
          order,
          ...(order === 'asc' ? [first, middle, last] : [last, middle, first]),
        ]);
  });

  it('is of one organization only', async () => {
    const device = deviceOf('private');
    const event = eventMessage({ organization, payload: { device } });
    const foreign = newOrganizationPrn();
    // The same UUIDs under another organization: an event of its own, which hides nobody's.
    const twin = eventMessage({
      event: event.event.replace(organization, foreign) as Prn<'event'>,
      payload: { device: { ...device, prn: device.prn.replace(organization, foreign) } },
    });
    await record(twin, event);
    expect(await prns(`device_prn=${device.prn}`)).toEqual([event.event]);
    expect(await prns(`device_prn=${device.prn.replace(organization, foreign)}`)).toEqual([]);
    const key = await world.foreignKey();
    const reply = await world.call('GET', `/events?device_prn=${device.prn}`, { key });
    expect(reply.json).toEqual({ events: [], next_page: null });
    expect((await world.call('GET', `/events/${event.event}`, { key })).status).toBe(404);
    expect((await world.call('GET', `/events/${event.event}/deliveries`, { key })).status).toBe(404);
    expect((await world.call('GET', `/events/${newPrn(organization, 'event')}`)).status).toBe(404);
    expect((await world.call('GET', '/events/nonsense')).status).toBe(404);
  });

  it('says everything that is wrong at once', async () => {
    const reply = await world.call(
      'GET',
      '/events?limit=0&order=up&page=x&type=Device!&actor_prn=x&device_prn=x&cohort_prn=y&inserted_at_gte=now&color=red',
    );
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors).toSorted()).toEqual(
      'actor_prn cohort_prn color device_prn inserted_at_gte limit order page type'.split(' '),
    );
  });

  it.each([
    ['inserted_at_gte=2026-01-02T00:00:00Z&inserted_at_lt=2026-01-01T00:00:00Z', 'inserted_at_gte'],
    ['inserted_at_gte=2026-01-01T00:00:00Z&inserted_at_lt=2026-01-01T00:00:00Z', 'inserted_at_gte'],
    ['inserted_at_lt=2026-02-30T00:00:00Z', 'inserted_at_lt'],
    ['tag=a&tag=b', 'tag'],
  ])('refuses %s', async (query, field) => {
    const reply = await world.call('GET', `/events?${query}`);
    expect(reply).toMatchObject({ status: 422, json: { errors: { [field]: [expect.any(String)] } } });
  });

  it("refuses another list's cursor", async () => {
    await record(eventMessage({ organization }), eventMessage({ organization }));
    const { next_page: page } = await list('limit=1');
    for (const query of ['order=desc', 'type=device', 'identifier=x'])
      expect(await world.call('GET', `/events?limit=1&${query}&page=${page}`)).toMatchObject({
        status: 422,
        json: { errors: { page: [expect.stringContaining('another query')] } },
      });
    expect((await world.call('GET', `/events?limit=7&page=${page}`)).status).toBe(200);
  });

  it('goes on in a window that has moved', async () => {
    const device = deviceOf('moved');
    const startMs = Date.parse('2026-01-01T00:00:00Z');
    const made = [0, 1, 2].map((second) =>
      eventMessage({ organization, insertedAtMs: startMs + second * 1_000, payload: { device } }),
    );
    await record(...made);
    const since = (time: string): string => `device_prn=${device.prn}&order=desc&limit=2&inserted_at_gte=${time}`;
    const first = await list(since('2025-12-31T23:59:57Z'));
    const second = await list(`${since('2025-12-31T23:59:58Z')}&page=${first.next_page}`);
    expect([...first.events, ...second.events].map(({ prn }) => prn)).toEqual(
      made.map(({ event }) => event).toReversed(),
    );
  });
});
