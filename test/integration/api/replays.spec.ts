import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { TOPICS } from '@fleethook/messages';
import { eventsOfAttempt, EventWriter, HistoryPartitions } from '@fleethook/store';
import { eventually } from '../../support/eventually.js';
import { attemptMessage } from '../../support/facts.js';
import { eventsOf, prnsOf, ReplayClient, replayOf, secondsOf, type TestEvent } from './replay-client.js';

const DISCONNECTED = parseEventName('device.disconnected');
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const DAY_MS = 86_400_000;

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** Each test has devices of its own, by which it finds its events in the log that all of them share. */
let mine: { device: ReturnType<typeof newPrn<'device'>> };
let filter: { device_prns: string[] };

beforeEach(() => {
  const device = newPrn(client.organization, 'device');
  mine = { device };
  filter = { device_prns: [device] };
});

describe('a replay of the log', () => {
  it('sends every event of its window, those that matched nothing then included, as it was', async () => {
    const events = client.events(300, mine);
    const stranger = newOrganizationPrn();
    await client.log([
      ...events,
      ...client.events(20, { ...mine, name: DISCONNECTED }),
      ...client.events(20),
      ...client.events(5, { ...mine, acceptedAtMs: Date.now() - 3_600_000 }),
      client.event({ ...mine, organization: stranger }),
    ]);
    const created = await client.replay({ filter });
    expect(created).toEqual({
      prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}:replay:[0-9a-f-]{36}$/),
      organization_prn: client.organization,
      webhook_prn: client.webhook,
      source: 'log',
      state: 'running',
      reason: null,
      from: expect.stringMatching(SECONDS),
      to: expect.stringMatching(SECONDS),
      filter: { enabled_events: ['device.connected'], ...filter },
      rate_per_second: 5_000,
      dry_run: false,
      progress: { scanned: 0, matched: 0, sent: 0, skipped: 0, total_estimate: null, percent: null },
      inserted_at: expect.stringMatching(SECONDS),
      updated_at: expect.stringMatching(SECONDS),
      started_at: null,
      ended_at: null,
    });
    const done = await client.reached(created.prn, 'completed');
    expect(done.progress).toMatchObject({ matched: 300, sent: 300, skipped: 0, percent: 100 });
    expect(done.progress.scanned).toBe(done.progress.total_estimate);
    expect(done.ended_at).toMatch(SECONDS);
    const sent = await client.arrived(created.prn, 300);
    expect(eventsOf(sent)).toEqual(prnsOf(events));
    const [event] = events;
    expect(sent.find((delivery) => delivery.event === event?.prn)).toMatchObject({
      webhook: client.webhook,
      name: 'device.connected',
      attempt: 1,
      acceptedAtMs: event?.acceptedAtMs,
      body: event?.body,
      firstAttemptAtMs: undefined,
    });
  });

  it('reads what a producer wrote straight to Kafka as the router does', async () => {
    const headers = { organization: client.organization };
    const value = JSON.stringify(
      { type: 'device', data: { type: 'connected', data: connectedPayload(mine.device) } },
      undefined,
      2,
    );
    await client.world.kafka.producer.send({ topic: TOPICS.events.name, key: 'x', value, headers });
    await client.world.kafka.producer.send({ topic: TOPICS.events.name, key: 'x', value: 'no JSON', headers });
    const { prn } = await client.replay({ filter });
    const { progress } = await client.reached(prn, 'completed');
    expect(progress).toMatchObject({ matched: 1, sent: 1, skipped: 0 });
    const [sent] = await client.arrived(prn, 1);
    const body = sent?.body.toString() ?? '';
    expect(body).toBe(JSON.stringify(JSON.parse(body)));
    // The name follows from where the record lies: the same every time.
    const again = await client.replay({ filter });
    await client.reached(again.prn, 'completed');
    expect(await client.arrived(again.prn, 1)).toMatchObject([{ event: sent?.event, body: sent?.body }]);
  });

  it('never sends the record of a failed request: it is in the history alone', async () => {
    const { webhook, world } = client;
    const failure = attemptMessage({ webhook, outcome: 'http_status', status: 503 });
    const partitions = new HistoryPartitions(world.store);
    const times = { nowMs: Date.now(), retentionMs: 30 * DAY_MS };
    await new EventWriter(world.store, partitions).write(eventsOfAttempt(failure), times);
    const shown = await client.call('GET', '/events?type=webhook&subtype=request_failed');
    const record = { type: 'webhook', data: { type: 'request_failed' }, resource_prn: webhook };
    expect(shown.json).toMatchObject({ events: [record] });
    // Nor can anybody put one into the log.
    const { events } = shown.json as { events: { data: unknown }[] };
    const value = JSON.stringify({ type: 'webhook', data: events[0]?.data });
    const headers = { organization: client.organization };
    await world.kafka.producer.send({ topic: TOPICS.events.name, key: 'x', value, headers });
    for (const source of ['log', 'failed']) {
      const { prn } = await client.replay({ source, filter: { enabled_events: ['webhook.request_failed'] } });
      expect((await client.reached(prn, 'completed')).progress).toMatchObject({ matched: 0, sent: 0, skipped: 0 });
    }
  });

  it('only counts when it is a dry run', async () => {
    await client.log(client.events(40, mine));
    const created = await client.replay({ filter, dry_run: true });
    expect(created.state).toBe('counting');
    const done = await client.reached(created.prn, 'completed');
    expect(done.progress).toMatchObject({ matched: 40, sent: 0 });
    expect(client.sent(created.prn)).toEqual([]);
  });

  it('sends other events than the webhook subscribes to when they are named', async () => {
    const events = client.events(7, { ...mine, name: DISCONNECTED });
    await client.log([...events, ...client.events(3, mine)]);
    const { prn } = await client.replay({ filter: { ...filter, enabled_events: ['device.disconnected'] } });
    await client.reached(prn, 'completed');
    expect(eventsOf(await client.arrived(prn, 7))).toEqual(prnsOf(events));
  });

  it('sends what the filter of the webhook lets through by now, and of that what its own does', async () => {
    const [wanted, other] = [client.events(6, mine), client.events(4)];
    const [first, second] = wanted as [TestEvent, TestEvent];
    await client.log([...wanted, ...other]);
    const webhookFilter = { devices: [mine.device] };
    const match = { where: { pointer: '/prn', in: [first.prn, second.prn, other[0]?.prn] } };
    await client.call('PATCH', `/webhooks/${client.webhook}`, { body: { filter: webhookFilter } });
    try {
      const all = await client.replay();
      expect(all.filter).toEqual({ enabled_events: ['device.connected'], webhook_filter: webhookFilter });
      const narrowed = await client.replay({ filter: { match } });
      expect(narrowed.filter).toMatchObject({ webhook_filter: webhookFilter, match });
      expect((await client.reached(all.prn, 'completed')).progress).toMatchObject({ matched: 6, sent: 6 });
      expect(eventsOf(await client.arrived(all.prn, 6))).toEqual(prnsOf(wanted));
      expect((await client.reached(narrowed.prn, 'completed')).progress).toMatchObject({ matched: 2, sent: 2 });
      expect(eventsOf(await client.arrived(narrowed.prn, 2))).toEqual(prnsOf([first, second]));
    } finally {
      await client.call('PATCH', `/webhooks/${client.webhook}`, { body: { filter: null } });
    }
    const counted = await client.replay({ filter: { match }, dry_run: true });
    expect(counted.filter).not.toHaveProperty('webhook_filter');
    expect((await client.reached(counted.prn, 'completed')).progress.matched).toBe(3);
  });

  it('keeps to its rate, and is paused, resumed and cancelled where it stands', async () => {
    const events = client.events(120, mine);
    await client.log(events);
    const startedAtMs = Date.now();
    const { prn } = await client.replay({ filter, rate_per_second: 30 });
    await client.arrived(prn, 30);
    const paused = replayOf(await client.call('POST', `/replays/${prn}/pause`));
    expect(paused).toMatchObject({ state: 'paused', reason: null });
    // Once it has stopped, what is counted and what arrived are the same.
    const { sent } = await eventually(
      async () => {
        const { progress } = await client.get(prn);
        expect(client.sent(prn).length).toBe(progress.sent);
        return progress;
      },
      { withinMs: 30_000 },
    );
    expect(sent).toBeLessThan(120);
    expect(replayOf(await client.call('POST', `/replays/${prn}/pause`)).state).toBe('paused');
    const resumed = replayOf(await client.call('POST', `/replays/${prn}/resume`));
    expect(resumed.state).toBe('running');
    const done = await client.reached(prn, 'completed');
    // Four seconds' worth, less what may be caught up.
    expect(Date.now() - startedAtMs).toBeGreaterThan(3_000);
    expect(done.progress).toMatchObject({ matched: 120, sent: 120 });
    expect(eventsOf(client.sent(prn))).toEqual(prnsOf(events));
    for (const action of ['pause', 'resume', 'cancel'])
      expect(await client.call('POST', `/replays/${prn}/${action}`)).toMatchObject({
        status: 409,
        json: { errors: { detail: 'The replay has ended: it is completed' } },
      });
  });

  it('sends nothing more once it is cancelled', async () => {
    await client.log(client.events(100, mine));
    const { prn } = await client.replay({ filter, rate_per_second: 20 });
    await client.arrived(prn, 10);
    expect(replayOf(await client.call('POST', `/replays/${prn}/cancel`))).toMatchObject({ state: 'cancelled' });
    expect(replayOf(await client.call('POST', `/replays/${prn}/cancel`))).toMatchObject({ state: 'cancelled' });
    const { progress, ended_at } = await eventually(
      async () => {
        const replay = await client.get(prn);
        expect(client.sent(prn).length).toBe(replay.progress.sent);
        expect(replay.progress.sent).toBeGreaterThan(0);
        return replay;
      },
      { withinMs: 30_000 },
    );
    expect(progress.sent).toBeLessThan(100);
    expect(ended_at).toMatch(SECONDS);
  });

  it('goes on after a stop where it stood, in the next process', async () => {
    const events = client.events(150, mine);
    await client.log(events);
    const { prn } = await client.replay({ filter, rate_per_second: 50 });
    await client.arrived(prn, 50);
    await client.world.stopApp();
    await client.world.startApp();
    const done = await client.reached(prn, 'completed');
    expect(done.progress.matched).toBe(150);
    // A clean stop repeats nothing.
    expect(eventsOf(client.sent(prn))).toEqual(prnsOf(events));
  });
});

describe('a webhook that goes away', () => {
  it('pauses its replay while it is disabled, and fails it when it is deleted', async () => {
    const created = await client.call('POST', '/webhooks', {
      body: { url: client.receiver.url, enabled_events: ['device.connected'] },
    });
    const webhook = (created.json as { webhook: { prn: string } }).webhook.prn;
    await client.log(client.events(200, mine));
    const { prn } = await client.replay({ webhook_prn: webhook, filter, rate_per_second: 20 });
    await client.arrived(prn, 5);
    await client.call('PATCH', `/webhooks/${webhook}`, { body: { state: 'disabled' } });
    const paused = await client.reached(prn, 'paused');
    expect(paused).toMatchObject({ reason: 'webhook_disabled', ended_at: null });
    expect(await client.call('POST', `/replays/${prn}/resume`)).toMatchObject({
      status: 409,
      json: { errors: { detail: 'The webhook is disabled; enable it first' } },
    });
    const refused = await client.call('POST', '/replays', {
      body: { webhook_prn: webhook, from: secondsOf(Date.now() - 60_000) },
    });
    expect(refused).toMatchObject({ status: 422, json: { errors: { webhook_prn: [expect.any(String)] } } });
    // Counting does no harm.
    const counted = await client.replay({ webhook_prn: webhook, filter, dry_run: true });
    expect((await client.reached(counted.prn, 'completed')).progress.matched).toBe(200);

    await client.call('PATCH', `/webhooks/${webhook}`, { body: { state: 'enabled' } });
    const resumed = replayOf(await client.call('POST', `/replays/${prn}/resume`));
    expect(resumed).toMatchObject({ state: 'running', reason: null });
    await client.arrived(prn, paused.progress.sent + 1);
    await client.call('DELETE', `/webhooks/${webhook}`);
    expect(await client.reached(prn, 'failed')).toMatchObject({ reason: 'webhook_deleted' });
    expect((await client.call('POST', '/replays', { body: { webhook_prn: webhook, from: paused.from } })).status).toBe(
      404,
    );
  });
});

function connectedPayload(device: string): Record<string, unknown> {
  return {
    device: { prn: device, identifier: 'pump-1', cohort: null },
    ip_address: '203.0.113.9',
    certificate: null,
    ca_certificate: null,
    route: '/socket',
    headers: {},
  };
}
