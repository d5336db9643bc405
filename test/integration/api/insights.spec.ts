import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, parseEventName, timestampOf, type Prn } from '@fleethook/events';
import { BusyDevices, HistoryPartitions } from '@fleethook/store';
import type { AttemptMessage, EventMessage } from '@fleethook/messages';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
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

interface Insight {
  window: string;
  by: string;
  bucket_seconds: number;
  from: string;
  to: string;
  totals: { key: string }[];
  buckets: { start: string; counts: { key: string }[] }[];
}

async function insight(query: string): Promise<Insight> {
  const reply = await world.call('GET', `/insights/${query}`);
  expect(reply).toMatchObject({ status: 200 });
  return (reply.json as { insight: Insight }).insight;
}

const accept = (...events: EventMessage[]): Promise<void> => recordHistory(world, { events });

const attempt = (...attempts: AttemptMessage[]): Promise<void> => recordHistory(world, { attempts });

describe('counts of events', () => {
  let busy: Prn<'device'>;
  let quiet: Prn<'device'>;
  let cohort: Prn<'cohort'>;

  beforeAll(async () => {
    [busy, quiet] = [newPrn(organization, 'device'), newPrn(organization, 'device')];
    cohort = newPrn(organization, 'cohort');
    const of = (
      device: Prn<'device'>,
      hoursAgo: number,
      name = 'device.connected',
      tags: string[] = [],
    ): EventMessage =>
      eventMessage({
        organization,
        name,
        insertedAtMs: Date.now() - hoursAgo * HOUR_MS,
        payload: { device: { prn: device, cohort: { cohort_prn: cohort }, tags } },
      });
    const events = [
      ...[0, 0, 1, 30, 30, 30, 200].map((hoursAgo) => of(busy, hoursAgo)),
      of(quiet, 1, 'device.updated', ['roof', 'north']),
      of(quiet, 100, 'device.updated', ['roof']),
    ];
    await accept(...events);
    await accept(...events);
  });

  it.each([
    ['24h', 24, 3_600, { 'device.connected': 3, 'device.updated': 1 }],
    ['7d', 28, 21_600, { 'device.connected': 6, 'device.updated': 2 }],
    ['30d', 30, 86_400, { 'device.connected': 7, 'device.updated': 2 }],
  ])('are of %s in %i buckets', async (window, count, seconds, wanted) => {
    const found = await insight(`events?window=${window}&by=type`);
    expect(found).toMatchObject({ window, by: 'type', bucket_seconds: seconds });
    expect(found.buckets).toHaveLength(count);
    expect(found.buckets[0]?.start).toBe(found.from);
    expect(Date.parse(found.to) - Date.parse(found.from)).toBe(count * seconds * 1_000);
    expect(found.totals).toEqual(Object.entries(wanted).map(([key, events]) => ({ key, events })));
    const inBuckets = found.buckets.flatMap(({ counts }) => counts as unknown as { events: number }[]);
    expect(inBuckets.reduce((sum, { events }) => sum + events, 0)).toBe(
      Object.values(wanted).reduce((sum, events) => sum + events),
    );
  });

  it('stand in the bucket of the time that the events bear', async () => {
    const { buckets } = await insight('events?window=24h&by=type');
    const hour = timestampOf(Math.floor((Date.now() - HOUR_MS) / HOUR_MS) * HOUR_MS);
    expect(buckets.find(({ start }) => start === hour)?.counts).toEqual([
      { key: 'device.connected', events: 1 },
      { key: 'device.updated', events: 1 },
    ]);
  });

  it('are by cohort, tag and device', async () => {
    expect((await insight('events?window=7d&by=cohort')).totals).toEqual([{ key: cohort, events: 8 }]);
    expect((await insight('events?window=7d&by=tag')).totals).toEqual([
      { key: 'roof', events: 2 },
      { key: 'north', events: 1 },
    ]);
    expect((await insight('events?window=7d&by=device')).totals).toEqual([
      { key: busy, events: 6 },
      { key: quiet, events: 2 },
    ]);
    expect((await insight('events?window=7d&by=device&limit=1')).totals).toEqual([{ key: busy, events: 6 }]);
  });

  it('are the same once the days that have passed were looked through', async () => {
    const query = 'events?window=30d&by=device';
    const before = await insight(query);
    const busyDevices = new BusyDevices(world.store, new HistoryPartitions(world.store));
    expect(await busyDevices.note(Date.now(), 30 * 24 * HOUR_MS)).toEqual({ noted: expect.any(Number), failures: [] });
    const rows = await world.database.query('SELECT 1 FROM busy_devices');
    expect(rows.length).toBeGreaterThan(0);
    expect(await insight(query)).toEqual(before);
    expect(await busyDevices.note(Date.now(), 30 * 24 * HOUR_MS)).toEqual({ noted: 0, failures: [] });
    // What comes late changes a day that was looked through.
    const late = newPrn(organization, 'device');
    const payload = { device: { prn: late } };
    const insertedAtMs = Date.now() - 30 * HOUR_MS;
    await accept(...Array.from({ length: 20 }, () => eventMessage({ organization, insertedAtMs, payload })));
    expect(await busyDevices.note(Date.now(), 30 * 24 * HOUR_MS)).toEqual({ noted: 1, failures: [] });
    expect((await insight(query)).totals[0]).toEqual({ key: late, events: 20 });
  });

  it('are empty for an organization without any', async () => {
    const key = await world.foreignKey();
    for (const by of ['type', 'device']) {
      const reply = await world.call('GET', `/insights/events?by=${by}`, { key });
      expect(reply.json).toMatchObject({ insight: { totals: [] } });
    }
  });

  it.each([
    ['events?window=1y&by=type', ['window']],
    ['events?by=webhook&limit=0', ['by', 'limit']],
    ['events', ['by']],
    ['deliveries?by=device', ['by']],
    ['deliveries?by=type&since=now', ['since']],
  ])('refuses %s', async (query, fields) => {
    const reply = await world.call('GET', `/insights/${query}`);
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors).toSorted()).toEqual(fields);
  });
});

describe('counts of attempts', () => {
  it('are by webhook, type and outcome, each attempt once', async () => {
    const [one, other] = [newPrn(organization, 'webhook'), newPrn(organization, 'webhook')];
    const updated = parseEventName('device.updated');
    const attempts = [
      failedAttempt({ webhook: one }),
      attemptMessage({ webhook: one }),
      attemptMessage({ webhook: one, name: updated }),
      attemptMessage({ webhook: other, startedAtMs: Date.now() - 2 * DAY_MS, acceptedAtMs: Date.now() - 2 * DAY_MS }),
    ];
    await attempt(...attempts);
    await attempt(...attempts, ...attempts);
    expect((await insight('deliveries?window=24h&by=webhook')).totals).toEqual([
      { key: one, attempts: 3, delivered: 2 },
    ]);
    expect((await insight('deliveries?window=7d&by=webhook')).totals).toEqual([
      { key: one, attempts: 3, delivered: 2 },
      { key: other, attempts: 1, delivered: 1 },
    ]);
    expect((await insight('deliveries?window=7d&by=type')).totals).toEqual([
      { key: 'device.connected', attempts: 3, delivered: 2 },
      { key: 'device.updated', attempts: 1, delivered: 1 },
    ]);
    expect((await insight('deliveries?window=7d&by=outcome')).totals).toEqual([
      { key: 'delivered', attempts: 3, delivered: 3 },
      { key: 'http_status', attempts: 1, delivered: 0 },
    ]);
  });
});
