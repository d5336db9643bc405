import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryIdOf, newPrn, parseEventName, timestampOf, type Prn } from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';
import { attemptFact, eventFact, EventWriter, HistoryPartitions, HistoryWriter } from '@fleethook/store';
import { attemptMessage, eventMessage, failedAttempt, someSeries } from '../../support/facts.js';
import { Receiver } from '../../support/receiver.js';
import { ApiWorld } from './api-world.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const options = () => ({ nowMs: Date.now(), retentionMs: 30 * 24 * HOUR_MS });

let world: ApiWorld;
let receiver: Receiver;
let organization: Prn<'organization'>;
let webhook: Prn<'webhook'>;
let other: Prn<'webhook'>;

beforeAll(async () => {
  world = await ApiWorld.create();
  receiver = await Receiver.listen();
  [webhook, other] = [await createWebhook(), await createWebhook()];
  organization = webhook.slice(0, 42) as Prn<'organization'>;
});
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function createWebhook(): Promise<Prn<'webhook'>> {
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
  return (reply.json as { webhook: { prn: Prn<'webhook'> } }).webhook.prn;
}

/** An event of a device, with the attempts that are made of it. */
async function record(
  device: Prn<'device'>,
  attemptsOf: (facts: { event: Prn<'event'>; acceptedAtMs: number; startedAtMs: number }) => AttemptMessage[],
  { name = 'device.connected', acceptedAtMs = Date.now() } = {},
): Promise<Prn<'event'>> {
  const event = eventMessage({ organization, name, acceptedAtMs, payload: { device: { prn: device } } });
  const partitions = new HistoryPartitions(world.store);
  await new EventWriter(world.store, partitions).write([eventFact(event)], options());
  const facts = { event: event.event, name: parseEventName(name), acceptedAtMs, startedAtMs: acceptedAtMs + 5 };
  await new HistoryWriter(world.store, partitions).write(attemptsOf(facts).map(attemptFact), options());
  return event.event;
}

interface Delivery {
  id: string;
  event_prn: string;
  webhook_prn: string;
}

async function list(path: string): Promise<{ deliveries: Delivery[]; next_page: string | null }> {
  const reply = await world.call('GET', path);
  expect(reply).toMatchObject({ status: 200 });
  return reply.json as { deliveries: Delivery[]; next_page: string | null };
}

const seriesOf = (some: { series: string }[]): string[] => some.map(({ series }) => series);

const eventsOf = async (path: string): Promise<string[]> =>
  (await list(path)).deliveries.map(({ event_prn: event }) => event);

const webhooksOf = async (path: string): Promise<string[]> =>
  (await list(path)).deliveries.map(({ webhook_prn: prn }) => prn).toSorted();

describe('lists of deliveries', () => {
  it('are of an event, of a webhook and of the organization', async () => {
    const device = newPrn(organization, 'device');
    const event = await record(device, (facts) => [
      attemptMessage({ ...facts, webhook }),
      failedAttempt({ ...facts, webhook: other }),
    ]);
    expect(await webhooksOf(`/events/${event}/deliveries`)).toEqual([webhook, other].toSorted());
    expect(await webhooksOf(`/events/${event}/deliveries?status=pending`)).toEqual([other]);
    expect(await webhooksOf('/deliveries?limit=2')).toEqual([webhook, other].toSorted());
    expect(await eventsOf(`/webhooks/${other}/deliveries?limit=1`)).toEqual([event]);
  });

  it('narrow by type, outcome, time and status, alone and together', async () => {
    const device = newPrn(organization, 'device');
    const startMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS - HOUR_MS;
    const at = (second: number, name?: string) => ({
      acceptedAtMs: startMs + second * SECOND_MS,
      ...(name === undefined ? {} : { name }),
    });
    const delivered = await record(device, (facts) => [attemptMessage({ ...facts, webhook })], at(0));
    const timedOut = await record(
      device,
      (facts) => [failedAttempt({ ...facts, webhook, outcome: 'timeout', stage: 'headers', status: undefined })],
      at(1, 'device.updated'),
    );
    const dead = await record(
      device,
      (facts) => [failedAttempt({ ...facts, webhook, next: { kind: 'dead', reason: 'horizon_reached' } })],
      at(2, 'device.updated'),
    );
    for (const path of ['/deliveries', `/webhooks/${webhook}/deliveries`]) {
      const query = `${path}?inserted_at_gte=${timestampOf(startMs)}&inserted_at_lt=${timestampOf(startMs + 3 * SECOND_MS)}`;
      expect(await eventsOf(query)).toEqual([dead, timedOut, delivered]);
      expect(await eventsOf(`${query}&type=device.updated`)).toEqual([dead, timedOut]);
      expect(await eventsOf(`${query}&outcome=timeout`)).toEqual([timedOut]);
      expect(await eventsOf(`${query}&outcome=delivered`)).toEqual([delivered]);
      expect(await eventsOf(`${query}&status=failed&type=device.updated`)).toEqual([dead]);
      expect(await eventsOf(`${query}&status=delivered&outcome=timeout`)).toEqual([]);
      expect(await eventsOf(`${path}?inserted_at_lt=${timestampOf(startMs)}&type=device.updated`)).toEqual([]);
    }
  });

  it('are of a device, in the order of its events, page by page, whatever else goes on', async () => {
    const [device, neighbour] = [newPrn(organization, 'device'), newPrn(organization, 'device')];
    const startMs = Date.now() - 2 * HOUR_MS;
    const both = (facts: { event: Prn<'event'>; acceptedAtMs: number; startedAtMs: number }): AttemptMessage[] => [
      attemptMessage({ ...facts, webhook }),
      failedAttempt({ ...facts, webhook: other }),
    ];
    const events: string[] = [];
    for (let index = 0; index < 7; index++) {
      events.push(await record(device, both, { acceptedAtMs: startMs + index * SECOND_MS }));
      await record(neighbour, both, { acceptedAtMs: startMs + index * SECOND_MS });
    }
    const seen: Delivery[] = [];
    for (let page: string | null = ''; page !== null;) {
      const answer = await list(`/deliveries?device_prn=${device}&limit=3&page=${page}`);
      seen.push(...answer.deliveries);
      page = answer.next_page;
      await record(device, both);
    }
    expect(seen.map(({ event_prn: event }) => event)).toEqual(events.toReversed().flatMap((event) => [event, event]));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(14);
    expect(await eventsOf(`/webhooks/${other}/deliveries?device_prn=${device}&limit=100`)).toHaveLength(
      new Set(await eventsOf(`/deliveries?device_prn=${device}&limit=100`)).size,
    );
    expect(await eventsOf(`/deliveries?device_prn=${newPrn(organization, 'device')}`)).toEqual([]);
  });

  it('have every delivery of an event that was sent again, however short the pages are', async () => {
    const device = newPrn(organization, 'device');
    const startMs = Date.now() - 2 * HOUR_MS;
    const partitions = new HistoryPartitions(world.store);
    for (let index = 0; index < 5; index++) {
      const acceptedAtMs = startMs + index * SECOND_MS;
      const event = await record(device, (facts) => [attemptMessage({ ...facts, webhook })], { acceptedAtMs });
      const again = { event, webhook, acceptedAtMs: acceptedAtMs + HOUR_MS, startedAtMs: acceptedAtMs + HOUR_MS };
      await new HistoryWriter(world.store, partitions).write([attemptFact(attemptMessage(again))], options());
    }
    const whole = (await list(`/deliveries?device_prn=${device}&limit=100`)).deliveries;
    expect(whole).toHaveLength(10);
    for (const limit of [1, 3]) {
      const seen: Delivery[] = [];
      for (let page: string | null = ''; page !== null;) {
        const answer = await list(`/deliveries?device_prn=${device}&limit=${limit}&page=${page}`);
        seen.push(...answer.deliveries);
        page = answer.next_page;
      }
      expect(seen).toEqual(whole);
    }
  });

  it('tell what is held back, given up, and taken up again', async () => {
    const device = newPrn(organization, 'device');
    const pastMs = Date.now() - 10_000;
    await record(device, (facts) => [
      failedAttempt({ ...facts, webhook, next: { kind: 'retry', tier: '5s', dueAtMs: pastMs } }),
    ]);
    const dead = (facts: object, series?: string): AttemptMessage =>
      failedAttempt({ ...facts, webhook, series, next: { kind: 'dead', reason: 'horizon_reached' } });
    await record(device, (facts) => [dead(facts)]);
    const again = someSeries();
    const redriven = await record(device, (facts) => [
      dead(facts),
      failedAttempt({ ...facts, webhook, series: again, startedAtMs: facts.startedAtMs + 60_000 }),
    ]);
    const { deliveries } = await list(`/deliveries?device_prn=${device}`);
    const shown = deliveries.map((delivery) => ({ ...delivery, id: '', inserted_at: '', last_attempted_at: '' }));
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'pending', detail: 'deferred', dead_reason: null, series: null }),
        expect.objectContaining({ status: 'failed', detail: 'dead', dead_reason: 'horizon_reached' }),
        expect.objectContaining({ status: 'failed', detail: 'redriven', dead_reason: 'horizon_reached', series: null }),
        expect.objectContaining({ status: 'pending', detail: null, series: again, event_prn: redriven }),
      ]),
    );
    const id = deliveryIdOf(redriven, webhook);
    const one = await world.call('GET', `/deliveries/${id}`);
    expect(one).toMatchObject({
      status: 200,
      json: {
        delivery: {
          series: again,
          attempts: [
            { series: null, attempt: 1, next: { kind: 'dead', reason: 'horizon_reached' } },
            { series: again, attempt: 1, next: { kind: 'retry', tier: '5s' } },
          ],
          all_series: [{ series: again }, { series: null, detail: 'redriven' }],
          more_series: false,
        },
      },
    });
    expect((await world.call('GET', `/webhooks/${webhook}/deliveries/${id}`)).json).toEqual(one.json);
    expect((await world.call('GET', `/webhooks/${other}/deliveries/${id}`)).status).toBe(404);
  });

  it('show the newest hundred series of one, however often it was sent again', async () => {
    const series = Array.from({ length: 103 }, someSeries);
    const event = await record(newPrn(organization, 'device'), (facts) =>
      series.map((again, index) =>
        attemptMessage({ ...facts, webhook, series: again, startedAtMs: facts.startedAtMs + index * SECOND_MS }),
      ),
    );
    const reply = await world.call('GET', `/deliveries/${deliveryIdOf(event, webhook)}`);
    const { delivery } = reply.json as {
      delivery: { attempts: { series: string }[]; all_series: { series: string }[]; more_series: boolean };
    };
    const newest = series.slice(3);
    expect(seriesOf(delivery.all_series)).toEqual(newest.toReversed());
    expect(seriesOf(delivery.attempts)).toEqual(newest);
    expect(delivery.more_series).toBe(true);
  });

  it('are of one organization only', async () => {
    const device = newPrn(organization, 'device');
    const event = await record(device, (facts) => [attemptMessage({ ...facts, webhook })]);
    const key = await world.foreignKey();
    expect((await world.call('GET', '/deliveries', { key })).json).toEqual({ deliveries: [], next_page: null });
    expect((await world.call('GET', `/deliveries?device_prn=${device}`, { key })).json).toEqual({
      deliveries: [],
      next_page: null,
    });
    for (const path of [
      `/deliveries/${deliveryIdOf(event, webhook)}`,
      `/events/${event}/deliveries`,
      `/webhooks/${webhook}/deliveries`,
    ])
      expect((await world.call('GET', path, { key })).status).toBe(404);
  });

  it.each([
    ['type=device', 'type'],
    ['outcome=sunny', 'outcome'],
    ['device_prn=prn:1:x', 'device_prn'],
    ['order=asc', 'order'],
    ['inserted_at_gte=2026-01-02T00:00:00Z&inserted_at_lt=2026-01-01T00:00:00Z', 'inserted_at_gte'],
  ])('refuse %s', async (query, field) => {
    for (const path of ['/deliveries', `/webhooks/${webhook}/deliveries`])
      expect(await world.call('GET', `${path}?${query}`)).toMatchObject({
        status: 422,
        json: { errors: { [field]: [expect.any(String)] } },
      });
  });

  it("refuse another list's cursor", async () => {
    const device = newPrn(organization, 'device');
    for (let count = 0; count < 2; count++) await record(device, (facts) => [attemptMessage({ ...facts, webhook })]);
    const { next_page: page } = await list(`/webhooks/${webhook}/deliveries?limit=1`);
    for (const path of [
      '/deliveries?',
      `/webhooks/${other}/deliveries?`,
      `/webhooks/${webhook}/deliveries?device_prn=${device}&`,
    ])
      expect(await world.call('GET', `${path}page=${page}`)).toMatchObject({
        status: 422,
        json: { errors: { page: [expect.any(String)] } },
      });
  });
});
