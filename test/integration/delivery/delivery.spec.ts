import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { hang, ok, Receiver, redirect, status } from '../../support/receiver.js';
import type { RunningApp } from '../../support/running-app.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 30_000 };

describe('delivery', () => {
  let world: DeliveryWorld;
  let receiver: Receiver;
  let app: RunningApp;
  beforeAll(async () => {
    receiver = await Receiver.listen([], { secrets: [SECRET] });
    world = await DeliveryWorld.create();
    app = await world.start(receiver);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver.close();
  });

  it('signs and sends each delivery once, and records the attempt', async () => {
    const webhook = await world.configure(`${receiver.url}plain`);
    const events = await world.deliver(webhook, 50);
    await eventually(() => expect(receiver.prns('/plain')).toHaveLength(50), WITHIN);
    expect(receiver.prns('/plain').toSorted()).toEqual(events.toSorted());
    expect(receiver.badSignatures).toEqual([]);
    const [request] = receiver.requests;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Fleethook\/\d/),
      'fleethook-attempt': '1',
      'fleethook-event': 'device.connected',
    });
    await eventually(() => expect(world.attempts).toHaveLength(50), WITHIN);
    for (const attempt of world.attempts)
      expect(attempt).toMatchObject({ outcome: 'delivered', status: 200, attempt: 1, next: { kind: 'none' } });
    expect(await app.notReady()).toEqual({});
  });

  it('brings a failed delivery back through the tiers, in order, signed anew, until it is delivered', async () => {
    receiver.answer('/flaky', [status(500), redirect('https://example.com/'), status(404), hang(), ok('fine')]);
    const webhook = await world.configure(`${receiver.url}flaky`, { timeoutMs: 8_000 });
    const [event] = await world.deliver(webhook);
    if (event === undefined) throw new Error('nothing was sent');
    await eventually(() => expect(world.attemptsOf(event)).toHaveLength(5), WITHIN);
    const attempts = world.attemptsOf(event);
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      'http_status',
      'redirect',
      'http_status',
      'timeout',
      'delivered',
    ]);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(attempts.map(({ next }) => (next.kind === 'retry' ? next.tier : next.kind))).toEqual([
      '200ms',
      '500ms',
      '500ms',
      '500ms',
      'none',
    ]);
    expect(new Set(attempts.map(({ delivery }) => delivery)).size).toBe(1);
    for (const [index, attempt] of attempts.slice(1).entries()) {
      const before = attempts[index];
      const waitedMs = attempt.startedAtMs - (before?.startedAtMs ?? 0) - (before?.latencyMs ?? 0);
      expect(waitedMs).toBeGreaterThanOrEqual(index === 0 ? 199 : 499);
    }
    const requests = receiver.requests.filter(({ path }) => path === '/flaky');
    expect(requests.map(({ headers }) => headers['fleethook-attempt'])).toEqual(['1', '2', '3', '4', '5']);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([event]));
    expect(new Set(requests.map(({ headers }) => headers['peridio-published-at'])).size).toBeGreaterThan(1);
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
    expect(receiver.badSignatures).toEqual([]);
  });

  it('waits as long as Retry-After asks, whatever the tiers are', async () => {
    receiver.answer('/busy', [status(429, { 'retry-after': '2' }), ok()]);
    const webhook = await world.configure(`${receiver.url}busy`);
    const [event] = await world.deliver(webhook);
    if (event === undefined) throw new Error('nothing was sent');
    await eventually(() => expect(world.attemptsOf(event)).toHaveLength(2), WITHIN);
    const [first, second] = world.attemptsOf(event);
    expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(second).toMatchObject({ attempt: 2, outcome: 'delivered' });
  });

  it('ends at the horizon in the dead-letter topic, whole', async () => {
    receiver.answer('/down', [status(503)]);
    const webhook = await world.configure(`${receiver.url}down`);
    const firstAttemptAtMs = Date.now() - 58_500;
    const [event] = await world.deliver(webhook, 1, { attempt: 7, firstAttemptAtMs });
    if (event === undefined) throw new Error('nothing was sent');
    await eventually(() => expect(world.dead.map(prnOf)).toContain(event), WITHIN);
    expect(world.attemptsOf(event).at(-1)?.next).toEqual({ kind: 'dead', reason: 'horizon_reached' });
    const dead = world.dead.find((letter) => prnOf(letter) === event);
    // By then less than the shortest tier was left. When the attempt began says less: it takes as long as it takes.
    expect((dead?.diedAtMs ?? 0) - firstAttemptAtMs).toBeGreaterThan(60_000 - 200);
    expect(dead).toMatchObject({
      deadReason: 'horizon_reached',
      delivery: { webhook: webhook.prn, firstAttemptAtMs, reason: 'http_status:503' },
    });
  });

  it('takes 410 for a last word: what waits ends with it, until the webhook is configured anew', async () => {
    receiver.answer('/gone', [status(410), ok()]);
    const webhook = await world.configure(`${receiver.url}gone`, { maxConcurrency: 1 });
    const events = await world.deliver(webhook, 20);
    await eventually(() => expect(deadOf(world, 'gone')).toHaveLength(20), WITHIN);
    expect(new Set(deadOf(world, 'gone'))).toEqual(new Set(events));
    expect(receiver.prns('/gone')).toHaveLength(1);
    const again = await world.configure(`${receiver.url}gone`, { prn: webhook.prn });
    await eventually(async () => {
      await world.deliver(again);
      expect(receiver.prns('/gone').length).toBeGreaterThan(1);
    }, WITHIN);
  });

  it('parks what is for no webhook that may get it, and what cannot be read', async () => {
    const disabled = await world.configure(`${receiver.url}off`, { state: 'disabled' });
    const removed = await world.configure(`${receiver.url}off`);
    await world.remove(removed);
    const wrongSecret = await world.configure(`${receiver.url}off`, { secrets: [{ sealed: '1.00000000.AAAA' }] });
    const known = await world.configure(`${receiver.url}sentinel`);
    await eventually(async () => {
      await world.deliver(known);
      expect(receiver.prns('/sentinel').length).toBeGreaterThan(0);
    }, WITHIN);
    const [toDisabled] = await world.deliver(disabled);
    const [toRemoved] = await world.deliver(removed);
    const [unreadable] = await world.deliver(wrongSecret);
    await world.kafka.producer.send({ topic: 'webhook.deliveries', key: 'nonsense', value: 'x', headers: { v: '9' } });
    await eventually(() => {
      expect(deadOf(world, 'webhook_disabled')).toEqual([toDisabled]);
      expect(deadOf(world, 'webhook_deleted')).toEqual([toRemoved]);
      expect(world.dead.filter(({ kind }) => kind === 'record')).toHaveLength(1);
    }, WITHIN);
    await eventually(async () => {
      expect(await app.metric('fleethook_delivery_deferred_total{reason="secret_unreadable"}')).toBeGreaterThanOrEqual(
        2,
      );
    }, WITHIN);
    expect(world.dead.map(prnOf)).not.toContain(unreadable);
    expect(receiver.prns('/off')).toEqual([]);
  });
});

function prnOf(dead: DeliveryWorld['dead'][number]): string | undefined {
  return dead.kind === 'delivery' ? dead.delivery.event : undefined;
}

function deadOf(world: DeliveryWorld, reason: string): (string | undefined)[] {
  return world.dead.filter(({ deadReason }) => deadReason === reason).map(prnOf);
}
