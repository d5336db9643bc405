import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, parseEventName } from '@fleethook/events';
import type { Reply } from './api-world.js';
import { eventsOf, prnsOf, ReplayClient, secondsOf, type TestEvent } from './replay-client.js';

const DISCONNECTED = parseEventName('device.disconnected');
const RESENT = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** Each test has a window of its own in the same history. */
let window = 0;
function nextWindow(): { acceptedAtMs: number; body: { source: string; from: string; to: string } } {
  window += 1;
  const acceptedAtMs = Math.floor(Date.now() / 1_000) * 1_000 - window * 3_600_000;
  const [from, to] = [secondsOf(acceptedAtMs - 60_000), secondsOf(acceptedAtMs + 60_000)];
  return { acceptedAtMs, body: { source: 'failed', from, to } };
}

const resend = (id: string, key?: string): Promise<Reply> =>
  client.call('POST', `/deliveries/${id}/resend`, key === undefined ? {} : { key });

describe('failed deliveries of a window', () => {
  it('are sent again from the history, each once, unless they have arrived by now', async () => {
    const { acceptedAtMs, body } = nextWindow();
    const [dead, arrivedSince, twiceDead, delivered, pending] = Array.from({ length: 5 }, () =>
      client.events(10, { acceptedAtMs }),
    ) as [TestEvent[], TestEvent[], TestEvent[], TestEvent[], TestEvent[]];
    const late = client.event({ acceptedAtMs: acceptedAtMs + 60_000 });
    await client.keepBodies([dead, arrivedSince, twiceDead, delivered, pending, [late]].flat());
    await client.record([
      ...[...dead, ...arrivedSince, ...twiceDead, late].map((event) => client.dead(event, 'horizon_reached')),
      ...arrivedSince.map((event) => client.delivered(event, crypto.randomUUID())),
      ...delivered.map((event) => client.delivered(event)),
      ...pending.map((event) => client.pending(event)),
    ]);
    const first = await client.replay(body);
    expect(first.filter).toEqual({ statuses: ['failed'] });
    const done = await client.reached(first.prn, 'completed');
    expect(done.progress).toMatchObject({ scanned: 20, matched: 20, sent: 20, skipped: 0, total_estimate: 20 });
    const sent = await client.arrived(first.prn, 20);
    expect(eventsOf(sent)).toEqual(prnsOf([...dead, ...twiceDead]));
    expect(sent.find(({ event }) => event === dead[0]?.prn)).toMatchObject({
      acceptedAtMs,
      attempt: 1,
      name: 'device.connected',
      body: dead[0]?.body,
    });

    // It dies again: still one delivery.
    await client.record(twiceDead.map((event) => client.dead(event, 'horizon_reached')));
    const both = await client.replay({ ...body, filter: { statuses: ['failed', 'pending'] } });
    await client.reached(both.prn, 'completed');
    expect(eventsOf(await client.arrived(both.prn, 30))).toEqual(prnsOf([...dead, ...twiceDead, ...pending]));
    const waiting = await client.replay({ ...body, filter: { statuses: ['pending'] }, dry_run: true });
    expect((await client.reached(waiting.prn, 'completed')).progress).toMatchObject({ matched: 10, sent: 0 });
  });

  it('are chosen by reason, event and device', async () => {
    const { acceptedAtMs, body } = nextWindow();
    const device = newPrn(client.organization, 'device');
    const [gone, disabled] = [client.events(3, { acceptedAtMs, device }), client.events(4, { acceptedAtMs })];
    await client.keepBodies([...gone, ...disabled]);
    await client.record([
      ...gone.map((event) => client.dead(event, 'gone')),
      ...disabled.map((event) => client.dead(event, 'webhook_disabled')),
    ]);
    const countOf = async (filter: Record<string, unknown>): Promise<number> => {
      const { prn } = await client.replay({ ...body, filter, dry_run: true });
      return (await client.reached(prn, 'completed')).progress.matched;
    };
    expect(await countOf({})).toBe(7);
    expect(await countOf({ dead_reasons: ['webhook_disabled'] })).toBe(4);
    expect(await countOf({ dead_reasons: ['gone', 'webhook_disabled'] })).toBe(7);
    expect(await countOf({ device_prns: [device] })).toBe(3);
    expect(await countOf({ enabled_events: ['device.updated'] })).toBe(0);
  });

  it('have their bodies from their dead letters when the history has none, and are counted when nothing has', async () => {
    const { acceptedAtMs, body } = nextWindow();
    const [buried, lost] = [client.events(5, { acceptedAtMs }), client.events(2, { acceptedAtMs })];
    await client.bury(buried, 'horizon_reached');
    await client.record([...buried, ...lost].map((event) => client.dead(event, 'horizon_reached')));
    const { prn } = await client.replay(body);
    const { progress } = await client.reached(prn, 'completed');
    expect(progress).toMatchObject({ scanned: 7, matched: 7, sent: 5, skipped: 2, percent: 100 });
    const sent = await client.arrived(prn, 5);
    expect(eventsOf(sent)).toEqual(prnsOf(buried));
    for (const { attempt, firstAttemptAtMs } of sent) expect([attempt, firstAttemptAtMs]).toEqual([1, undefined]);
  });

  it('are gone through page by page, however many there are', async () => {
    const { acceptedAtMs, body } = nextWindow();
    const events = client.events(450, { acceptedAtMs });
    await client.keepBodies(events);
    await client.record(events.map((event) => client.dead(event, 'horizon_reached')));
    const { prn } = await client.replay(body);
    expect((await client.reached(prn, 'completed')).progress).toMatchObject({ sent: 450, total_estimate: 450 });
    expect(eventsOf(await client.arrived(prn, 450))).toEqual(prnsOf(events));
  });
});

describe('one delivery', () => {
  it.each(['delivered', 'pending', 'dead'] as const)(
    'is sent again when it is %s, as a series of its own',
    async (state) => {
      const event = client.event();
      await client.keepBodies([event]);
      const fact = {
        delivered: client.delivered(event),
        pending: client.pending(event),
        dead: client.dead(event, 'horizon_reached'),
      }[state];
      await client.record([fact]);
      const reply = await resend(client.idOf(event));
      expect(reply).toMatchObject({ status: 202 });
      expect(reply.json).toEqual({
        delivery: {
          id: client.idOf(event),
          series: RESENT,
          webhook_prn: client.webhook,
          event_prn: event.prn,
          event_type: 'device.connected',
          status: 'pending',
          attempt_count: 0,
        },
      });
      const { series } = (reply.json as { delivery: { series: string } }).delivery;
      expect(await client.arrived(series, 1)).toMatchObject([
        { event: event.prn, webhook: client.webhook, attempt: 1, acceptedAtMs: event.acceptedAtMs, body: event.body },
      ]);
      // The history shows it as the newest series once it has been tried.
      await client.record([client.delivered(event, series)]);
      const shown = await client.call('GET', `/webhooks/${client.webhook}/deliveries/${client.idOf(event)}`);
      expect(shown.json).toMatchObject({ delivery: { series, status: 'delivered' } });
    },
  );

  it('has its body from the log, or from its dead letter, when the history has none', async () => {
    const logged = client.event({ acceptedAtMs: Date.now() });
    const buried = client.event({ acceptedAtMs: Date.now() - 10 * 86_400_000 });
    await client.log([...client.events(50, { name: DISCONNECTED }), logged]);
    await client.bury([...client.events(5), buried], 'horizon_reached');
    await client.record([client.delivered(logged), client.dead(buried, 'horizon_reached')]);
    for (const event of [logged, buried]) {
      const reply = await resend(client.idOf(event));
      expect(reply.status).toBe(202);
      const { series } = (reply.json as { delivery: { series: string } }).delivery;
      expect(await client.arrived(series, 1)).toMatchObject([{ event: event.prn, body: event.body }]);
    }
  });

  it('is refused when its body is not kept any more, unknown, foreign, or its webhook does not take it', async () => {
    const event = client.event({ acceptedAtMs: Date.now() - 9 * 86_400_000 });
    await client.record([client.delivered(event)]);
    expect(await resend(client.idOf(event))).toMatchObject({
      status: 410,
      json: { errors: { detail: 'The body of this event is not kept any more' } },
    });
    const foreign = await resend(client.idOf(event), await client.world.foreignKey());
    for (const reply of [foreign, await resend(crypto.randomUUID()), await resend('nonsense')])
      expect(reply).toMatchObject({ status: 404, json: { errors: { detail: 'Not Found' } } });

    await client.call('PATCH', `/webhooks/${client.webhook}`, { body: { state: 'disabled' } });
    expect(await resend(client.idOf(event))).toMatchObject({
      status: 422,
      json: { errors: { state: [expect.any(String)] } },
    });
    await client.call('PATCH', `/webhooks/${client.webhook}`, { body: { state: 'enabled' } });
  });
});
