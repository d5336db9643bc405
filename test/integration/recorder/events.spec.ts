import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import { encodeEvent, TOPICS, type EventMessage } from '@fleethook/messages';
import { DirectProducer } from '../../support/direct-producer.js';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import type { RunningApp } from '../../support/running-app.js';
import { RecorderWorld } from './recorder-world.js';

const WITHIN = { withinMs: 45_000 };
const uuidOf = (prn: string): string => prn.slice(-36);
const uuids = (events: readonly EventMessage[]): string[] => events.map(({ event }) => uuidOf(event)).toSorted();

function made(count: number, organization = newOrganizationPrn()): EventMessage[] {
  return Array.from({ length: count }, () => eventMessage({ organization }));
}

const arrived = (data: object): string => JSON.stringify({ type: 'robot', data: { type: 'arrived', data } });

describe('the history of events', () => {
  let world: RecorderWorld;
  let recorder: RunningApp;
  beforeAll(async () => {
    world = await RecorderWorld.create();
    recorder = await world.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  async function has(...events: EventMessage[]): Promise<void> {
    await eventually(async () => expect(await world.events()).toEqual(expect.arrayContaining(uuids(events))), WITHIN);
  }

  async function counted(organization: Prn<'organization'>, dimension: string): Promise<Record<string, number>> {
    const rows = await world.database.query<{ key: string; events: number }>(
      'SELECT key, sum(events)::int AS events FROM event_counts WHERE organization = $1 AND dimension = $2 GROUP BY key',
      [organization.slice('prn:1:'.length), dimension],
    );
    return Object.fromEntries(rows.map(({ key, events }) => [key, events]));
  }

  it('has every event once and counts it once, however often it was sent and read', async () => {
    const organization = newOrganizationPrn();
    const events = made(2_000, organization);
    await world.accept(...events, ...events.slice(0, 500));
    await has(...events);
    // Sent again by its producer: accepted at another time, under the same name.
    const again = events.slice(500, 1_000).map((event) => ({ ...event, acceptedAtMs: event.acceptedAtMs + 60_000 }));
    const last = eventMessage({ organization });
    await world.accept(...again, ...events.slice(1_000, 1_500), last);
    await has(last);
    expect((await world.events()).toSorted()).toEqual(uuids([...events, last]));
    // What PostgreSQL wrote and could not say in time is not counted here; in the table it is.
    const rows = await recorder.metric('fleethook_recorder_rows_total{table="events"}');
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(2_001);
    expect(await counted(organization, 'type')).toEqual({ 'device.connected': 2_001 });
  });

  it('knows of an event what it can be found by, and keeps its bytes', async () => {
    const organization = newOrganizationPrn();
    const cohort = newPrn(organization, 'cohort');
    const device = {
      prn: newPrn(organization, 'device'),
      identifier: 'pump "é\\"',
      cohort: { cohort_prn: cohort, cohort_name: 'production' },
      tags: ['north', 'a "quoted", {braced} \\ tag', 'north'],
    };
    const event = eventMessage({ organization, name: 'device.updated', payload: { device, note: 'é😀"' } });
    await world.accept(event);
    await has(event);
    const [row] = await world.database.query<Record<string, unknown>>('SELECT * FROM events WHERE event = $1', [
      uuidOf(event.event),
    ]);
    expect(row).toEqual({
      organization: uuidOf(organization),
      accepted_at: new Date(event.acceptedAtMs),
      event: uuidOf(event.event),
      name: 'device.updated',
      inserted_at: new Date(Math.floor(event.acceptedAtMs / 1_000) * 1_000),
      device: uuidOf(device.prn),
      identifier: device.identifier,
      cohort: uuidOf(cohort),
      product: null,
      tags: ['north', 'a "quoted", {braced} \\ tag'],
      actor: null,
      resource: null,
      body: event.body,
    });
    expect(await counted(organization, 'cohort')).toEqual({ [uuidOf(cohort)]: 1 });
    expect(await counted(organization, 'tag')).toEqual({ north: 1, 'a "quoted", {braced} \\ tag': 1 });
  });

  it('takes in what a producer wrote straight to Kafka, and counts what is no event', async () => {
    const organization = newOrganizationPrn();
    await world.configure({
      v: 1,
      kind: 'event_type',
      version: 1,
      organization,
      name: parseEventName('robot.arrived'),
      schema: { type: 'object', required: ['place'] },
    });
    const skipped = 'fleethook_recorder_skipped_records_total{reason="parked"}';
    await world.produce('not an event', {});
    await world.produce('{}', { v: '1' });
    await world.produce(arrived({ place: 1 }), { organization: newOrganizationPrn() });
    await eventually(async () => expect(await recorder.metric(skipped)).toBe(3), WITHIN);
    // The type reaches the recorder by another topic, in its own time.
    await eventually(async () => {
      await world.produce(arrived({ place: 1 }), { organization });
      expect(await counted(organization, 'type')).toHaveProperty(['robot.arrived']);
    }, WITHIN);
    const before = await recorder.metric(skipped);
    await world.produce(arrived({}), { organization });
    await eventually(async () => expect(await recorder.metric(skipped)).toBe(before + 1), WITHIN);
  });

  it('has what lies behind a batch that unpacks to hundreds of MiB, and counts the record in it', async () => {
    const skipped = 'fleethook_recorder_skipped_records_total{reason="parked"}';
    const before = await recorder.metric(skipped);
    const { kafka } = world;
    await using producer = await DirectProducer.to(kafka.prefix + TOPICS.events.name, 5);
    await producer.sendBomb(300);
    const events = made(60);
    await producer.send(
      events.map((event) => {
        const { value, headers } = encodeEvent(event, undefined);
        return { value, headers };
      }),
    );
    await has(...events);
    expect(await recorder.metric(skipped)).toBe(before + 1);
    const crashes = 'fleethook_kafka_consumer_crashes_total{group="recorder-events",restart="false"}';
    expect(await recorder.metric(crashes)).toBe(0);
  });

  it('notes failed requests and test fires as events of their webhook', async () => {
    const organization = newOrganizationPrn();
    const webhook = newPrn(organization, 'webhook');
    const failures = [
      failedAttempt({ webhook, outcome: 'http_status', status: 503 }),
      failedAttempt({ webhook, outcome: 'timeout', status: undefined, stage: 'headers' }),
      failedAttempt({ webhook, outcome: 'dns', status: undefined }),
      failedAttempt({ webhook, outcome: 'tls', status: undefined }),
    ];
    const fired = attemptMessage({
      webhook,
      event: newPrn(organization, 'event'),
      name: parseEventName('webhook.test_fire'),
    });
    await world.record(...failures, fired);
    await world.record(...failures, fired);
    const last = attemptMessage({ webhook });
    await world.record(last);
    await eventually(async () => expect(await world.attempts()).toContain(last.delivery), WITHIN);
    const rows = await world.database.query<{ name: string; body: Buffer }>(
      'SELECT name, body FROM events WHERE resource = $1',
      [webhook],
    );
    const payloads = rows.map(({ name, body }) => [name, (JSON.parse(body.toString()) as Envelope).data.data]);
    expect(payloads).toHaveLength(5);
    expect(payloads).toEqual(
      expect.arrayContaining([
        ['webhook.request_failed', { type: 'response_status', data: { webhook: { prn: webhook }, status: 503 } }],
        ['webhook.request_failed', { type: 'response_timeout', data: { webhook: { prn: webhook } } }],
        ['webhook.request_failed', { type: 'host_resolution_failed', data: { webhook: { prn: webhook } } }],
        ['webhook.request_failed', { type: 'tls', data: { webhook: { prn: webhook } } }],
        ['webhook.test_fire', { webhook_prn: webhook }],
      ]),
    );
    expect(await counted(organization, 'type')).toEqual({ 'webhook.request_failed': 4, 'webhook.test_fire': 1 });
  });

  it('counts each attempt once, by webhook, event and outcome', async () => {
    const organization = newOrganizationPrn();
    const webhook = newPrn(organization, 'webhook');
    const attempts = [failedAttempt({ webhook }), attemptMessage({ webhook }), attemptMessage({ webhook })];
    await world.record(...attempts, ...attempts);
    const last = attemptMessage();
    await eventually(async () => expect(await world.attempts()).toContain(attempts[2]?.delivery), WITHIN);
    await world.record(...attempts, last);
    await eventually(async () => expect(await world.attempts()).toContain(last.delivery), WITHIN);
    const rows = await world.database.query(
      'SELECT name, outcome, sum(attempts)::int AS attempts FROM attempt_counts WHERE webhook = $1 GROUP BY 1, 2 ORDER BY 2',
      [uuidOf(webhook)],
    );
    expect(rows).toEqual([
      { name: 'device.connected', outcome: 'delivered', attempts: 2 },
      { name: 'device.connected', outcome: 'http_status', attempts: 1 },
    ]);
  });
});

interface Envelope {
  data: { data: unknown };
}

describe('the history of events without PostgreSQL', () => {
  it('waits, and is complete afterwards', async () => {
    await using world = await RecorderWorld.create();
    const recorder = await world.start();
    const before = made(500);
    await world.accept(...before);
    await eventually(async () => expect(await world.events()).toHaveLength(500), WITHIN);

    world.network.mode = 'refuse';
    const during = made(3_000);
    await world.accept(...during);
    await eventually(
      async () => expect(await recorder.metric('fleethook_recorder_failures_total')).toBeGreaterThan(0),
      WITHIN,
    );
    expect(await world.events()).toHaveLength(500);

    world.network.mode = 'pass';
    await eventually(async () => expect(await world.events()).toHaveLength(3_500), WITHIN);
    expect((await world.events()).toSorted()).toEqual(uuids([...before, ...during]));
  });
});
