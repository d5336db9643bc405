import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, parseEventName, type Prn } from '@fleethook/events';
import {
  DELIVERY_DIMENSIONS,
  EVENT_DIMENSIONS,
  eventFact,
  EventQueries,
  EventWriter,
  HistoryQueries,
  InsightQueries,
  OverviewQueries,
  WebhookActivityQueries,
  type DeliveryFilters,
  type DeliveryOwner,
  type EventListing,
} from '@fleethook/store';
import { fillHistory, ORGANIZATIONS, uuid } from './full-history.js';
import { HistoryWorld } from './history-world.js';
import { sequentialScans, StatementListener, stepsOf, type Step } from './statement-plans.js';

const DAY_MS = 86_400_000;
const PAGE = 51;
/** Of a page's p99 to that of a read by primary key, in the same run. */
const MOST_TIMES_A_READ = 50;
const RUNS = 100;
/** What is different enough to be worth the time. */
const TIMED = [
  'events',
  'events, next page',
  'events by category',
  'events by name',
  'events by device',
  'events by cohort',
  'events by tag',
  'all deliveries',
  'all deliveries, failed',
  'all deliveries, of a rare name',
  'all deliveries, of a device',
  'deliveries of a webhook, by outcome',
  'deliveries of an event',
];

const organization = `prn:1:${uuid('organization', 3)}` as Prn<'organization'>;
const device = `${organization}:device:${uuid('device', 23)}` as Prn<'device'>;
const cohort = `${organization}:cohort:${uuid('cohort', 23)}` as Prn<'cohort'>;
const webhook = `${organization}:webhook:${uuid('webhook', 3)}` as Prn<'webhook'>;

interface Key {
  organization: string;
  accepted_at: Date;
  event: string;
}

let world: HistoryWorld;
let listener: StatementListener;
let events: EventQueries;
let history: HistoryQueries;
let insights: InsightQueries;
let overview: OverviewQueries;
let activity: WebhookActivityQueries;
/** Some events in the middle of the history, and one that has a delivery. */
let some: Key[];
let event: Prn<'event'>;
let middle: Date;

beforeAll(async () => {
  world = await HistoryWorld.create();
  const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  // Some 30 s on two idle cores.
  await fillHistory(world.database, todayMs);
  await world.partitions.upkeep(Date.now(), 30 * DAY_MS);
  listener = StatementListener.to(world.store);
  [events, history, insights] = [
    new EventQueries(listener),
    new HistoryQueries(listener),
    new InsightQueries(listener),
  ];
  [overview, activity] = [new OverviewQueries(listener), new WebhookActivityQueries(listener)];
  middle = new Date(todayMs - 10 * DAY_MS);
  some = await world.database.query<Key>(
    `SELECT organization, accepted_at, event FROM events WHERE organization = $1 AND accepted_at > $2 ORDER BY 1, 2, 3 LIMIT 500`,
    [organization.slice(-36), middle],
  );
  event = `${organization}:event:${some[0]?.event}` as Prn<'event'>;
});
afterAll(() => world[Symbol.asyncDispose]());

const position = () => ({ insertedAt: middle, event: some[0]?.event ?? '', acceptedAt: middle });
const list = (narrow: Partial<EventListing>) => async (): Promise<readonly unknown[]> => {
  const page = await events.list({ organization, order: 'desc', limit: PAGE, ...narrow });
  return page.events;
};
const deliveries =
  (owner: () => DeliveryOwner, filters: DeliveryFilters = {}, after = false) =>
  (): Promise<readonly unknown[]> =>
    history.deliveries({
      ...owner(),
      ...filters,
      limit: PAGE,
      after: after ? { acceptedAt: middle, delivery: uuid('webhook', 1), series: '' } : undefined,
    });
const range = (bucketMs: number, count: number) => ({
  from: new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS - bucketMs * count),
  bucketMs,
  count,
});

/** Every query that the documented routes make, by what is asked for. */
const PAGES: readonly (readonly [string, () => Promise<readonly unknown[]>])[] = [
  ['events', list({})],
  ['events, oldest first', list({ order: 'asc' })],
  ['events, next page', () => list({ after: position() })()],
  ['events of a window', () => list({ insertedFrom: new Date(middle.getTime() - DAY_MS), insertedBefore: middle })()],
  ['events by actor', list({ actor: device })],
  ['events by actor that is no device', list({ actor: `prn:1:user:${uuid('device', 73)}` })],
  ['events by resource', list({ resource: webhook })],
  ['events by category', list({ type: 'device' })],
  ['events by rare category', list({ type: 'api_key', order: 'asc' })],
  ['events by category without any', list({ type: 'robot' })],
  ['events by name', list({ type: 'device', subtype: 'updated' })],
  ['events by event of a category', list({ subtype: 'connected' })],
  ['events by device', list({ device })],
  ['events by device, next page', () => list({ device, after: position() })()],
  ['events by identifier', list({ identifier: 'device-23' })],
  ['events by cohort', list({ cohort })],
  ['events by tag', list({ tag: 'all' })],
  ['events by rare tag', list({ tag: 'tag-23' })],
  ['events by tag and device', list({ tag: 'all', device })],
  ['an event', () => events.find(event).then((found) => [found])],
  ...(
    [
      ['all deliveries', () => ({ organization })],
      ['deliveries of a webhook', () => ({ webhook })],
      ['deliveries of an event', () => ({ event })],
    ] as const
  ).flatMap(([what, owner]): [string, () => Promise<readonly unknown[]>][] => [
    [what, deliveries(owner)],
    [`${what}, next page`, deliveries(owner, {}, true)],
    [`${what}, pending`, deliveries(owner, { status: 'pending' })],
    [`${what}, delivered`, deliveries(owner, { status: 'delivered' })],
    [`${what}, failed`, deliveries(owner, { status: 'failed' })],
    [`${what}, of a frequent name`, deliveries(owner, { name: parseEventName('device.checked_for_release') })],
    [`${what}, of a rare name`, deliveries(owner, { name: parseEventName('webhook.request_failed') })],
    [`${what}, of a name that none has`, deliveries(owner, { name: parseEventName('device.disconnected') })],
    [`${what}, by outcome`, deliveries(owner, { outcome: 'http_status' })],
    [`${what}, by outcome that none has`, deliveries(owner, { outcome: 'tls' })],
    [`${what}, of a device`, deliveries(owner, { device })],
    [
      `${what}, of a window`,
      () => deliveries(owner, { acceptedFrom: new Date(middle.getTime() - DAY_MS), acceptedBefore: middle })(),
    ],
  ]),
  [
    'a delivery and its attempts',
    async () => {
      const [of] = await history.deliveries({ webhook, limit: 1 });
      if (of === undefined) return [];
      return [...(await history.deliveryOf(organization, of.delivery, 101)), ...(await history.attempts([of]))];
    },
  ],
];

const COUNTS: readonly (readonly [string, () => Promise<readonly unknown[]>])[] = (
  [
    [24, DAY_MS / 24],
    [28, DAY_MS / 4],
    [30, DAY_MS],
  ] as const
).flatMap(([count, bucketMs]): [string, () => Promise<readonly unknown[]>][] => [
  ...EVENT_DIMENSIONS.map((by): [string, () => Promise<readonly unknown[]>] => [
    `events by ${by} in ${count} buckets`,
    () => insights.events(organization, by, range(bucketMs, count), 10),
  ]),
  ...DELIVERY_DIMENSIONS.map((by): [string, () => Promise<readonly unknown[]>] => [
    `attempts by ${by} in ${count} buckets`,
    () => insights.attempts(organization, by, range(bucketMs, count), 10),
  ]),
]);

const HOUR_MS = DAY_MS / 24;
/** A page of them, as many as there are. */
const webhooks = Array.from(
  { length: 20 },
  (_, number) => `${organization}:webhook:${uuid('webhook', number)}` as Prn<'webhook'>,
);

/** What the overview and the health of endpoints ask. */
const LOOKS: readonly (readonly [string, () => Promise<readonly unknown[]>])[] = [
  [
    'the overview of a day',
    () => overview.buckets(organization, { from: middle, bucketMs: HOUR_MS, count: 24 }, false),
  ],
  ['the overview of 30 days', () => overview.buckets(organization, range(DAY_MS, 30), false)],
  [
    'what has not been delivered in 30 days',
    async () => [await overview.unfinished(organization, new Date(Date.now() - 30 * DAY_MS))],
  ],
  [
    'a day of webhooks by the hour',
    () => {
      const from = new Date(Math.floor(middle.getTime() / HOUR_MS) * HOUR_MS);
      return activity.hours(organization, webhooks, from, 24);
    },
  ],
  ['what waits of webhooks', async () => [...(await activity.waiting(organization, webhooks))]],
];

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function p99(samples: readonly number[]): number {
  return samples.toSorted((one, other) => one - other)[Math.ceil(samples.length * 0.99) - 1] ?? Number.NaN;
}

const LARGE_TABLES = ['events', 'deliveries'];

describe('with more than a million rows in each table', () => {
  it.each(LARGE_TABLES)('the table of %s is that large', async (table) => {
    const [row] = await world.database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
    expect(row?.rows).toBeGreaterThanOrEqual(1_000_000);
  });

  it('a partition that is read from end to end is noticed', async () => {
    const statement = { sql: 'SELECT count(*) FROM deliveries WHERE response_status = $1', parameters: [200] };
    expect((await sequentialScans(world.store, statement)).length).toBeGreaterThan(10);
  });

  it.each([...PAGES, ...COUNTS, ...LOOKS])('no partition is read from end to end for %s', async (_what, ask) => {
    listener.heard = [];
    await ask();
    const heard = listener.heard;
    for (const statement of heard) expect(await sequentialScans(world.store, statement)).toEqual([]);
  });

  it('whether an event came before is looked up by its name alone, however many there are', async () => {
    const body = { prn: newPrn(organization, 'event'), inserted_at: '2026-01-01T00:00:00Z', data: { data: {} } };
    const name = parseEventName('device.connected');
    const message = { event: body.prn, name, acceptedAtMs: Date.now(), body: Buffer.from(JSON.stringify(body)) };
    listener.heard = [];
    const writer = new EventWriter(listener, world.partitions);
    await writer.write([eventFact(message)], { nowMs: Date.now(), retentionMs: 30 * DAY_MS });
    const writes = listener.heard.filter(({ sql }) => sql.includes('INSERT INTO events'));
    const indexes = (await Promise.all(writes.map((write) => stepsOf(world.store, write))))
      .flat()
      .flatMap((step) => step['Index Name'] ?? []);
    expect(indexes.length).toBeGreaterThan(0);
    expect(indexes.filter((index) => !/^events_\d{8}_pkey$/.test(index))).toEqual([]);
  });

  it('a category is read by its names, also on a day of which one name is known', async () => {
    const [one, absent] = ['a.known', 'a.absent'] as const;
    const only = `prn:1:${uuid('organization', ORGANIZATIONS)}` as Prn<'organization'>;
    const own = only.slice(-36);
    // Of fewer the planner takes the right index by itself.
    await world.database.query(
      `INSERT INTO events (organization, accepted_at, event, name, inserted_at, body)
       SELECT $1, now(), gen_random_uuid(), $2, now(), '\\x7b7d' FROM generate_series(1, 300000)`,
      [own, one],
    );
    for (const name of [one, absent])
      await world.database.query('INSERT INTO event_names (organization, name) VALUES ($1, $2)', [own, name]);
    await world.database.query('ANALYZE events');
    /** Where events without the one name that all of them have are looked for. */
    const walksOf = async (narrow: Partial<EventListing>): Promise<Step[]> => {
      listener.heard = [];
      const found = await events.list({ organization: only, order: 'asc', limit: PAGE, type: 'a', ...narrow });
      expect(found.events).toHaveLength(PAGE);
      const [page, ...more] = listener.heard.filter(({ sql }) => sql.includes('e.name'));
      if (page === undefined || more.length > 0) throw new Error('not one page');
      const steps = await stepsOf(world.store, page);
      return steps.filter(
        (step) => step['Index Name'] !== undefined && !`${step.Filter} ${step['Index Cond']}`.includes(one),
      );
    };
    for (const order of ['asc', 'desc'] as const) {
      const walks = await walksOf({ order });
      expect(walks.length).toBeGreaterThan(0);
      expect(walks.filter((walk) => walk['Index Name']?.includes('_name') !== true)).toEqual([]);
    }
    // A window ends the walk: its end must not be looked for among all events of the name.
    for (const { 'Index Cond': condition } of await walksOf({ order: 'desc', insertedFrom: middle }))
      expect(condition).toMatch(/name = .*inserted_at >=/);
  });

  it('a page takes at most so many times what a read by primary key takes', async () => {
    const reads: number[] = [];
    let next = 0;
    const read = async (): Promise<void> => {
      const key = some[next++ % some.length];
      await world.store.run((manager) =>
        manager.query('SELECT * FROM events WHERE organization = $1 AND accepted_at = $2 AND event = $3', [
          key?.organization,
          key?.accepted_at,
          key?.event,
        ]),
      );
    };
    const timed = PAGES.filter(([what]) => TIMED.includes(what));
    expect(timed).toHaveLength(TIMED.length);
    const pages = new Map<string, number[]>(timed.map(([what]) => [what, []]));
    // In turns, so that whatever else the machine does meets all of them.
    for (let run = 0; run < RUNS; run++)
      for (const [what, ask] of timed) {
        reads.push(await millisecondsOf(read));
        pages.get(what)?.push(await millisecondsOf(ask));
      }
    const times = [...pages].map(([what, samples]) => [what, p99(samples) / p99(reads)] as const);
    process.stderr.write(`A read's p99 is ${p99(reads).toFixed(2)} ms; a page's, in reads:\n`);
    for (const [what, ratio] of times) process.stderr.write(`  ${ratio.toFixed(1).padStart(5)}  ${what}\n`);
    expect(times.filter(([, ratio]) => ratio > MOST_TIMES_A_READ)).toEqual([]);
  });

  it('finds what is there: the plans are of queries that answer', async () => {
    for (const [what, ask] of LOOKS) expect([what, (await ask()).length > 0]).toEqual([what, true]);
    for (const [what, ask] of PAGES) {
      // One delivery is not of every kind.
      if (what.includes('of an event,')) continue;
      const hasNone = what.includes('none has') || what.includes('without any');
      expect([what, (await ask()).length > 0]).toEqual([what, !hasNone]);
    }
  });
});
