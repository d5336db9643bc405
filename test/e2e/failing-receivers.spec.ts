import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { hang, ok, Receiver, redirect, reset, status, type Answer, type ReceivedRequest } from '../support/receiver.js';
import { World } from '../support/world.js';

describe('a receiver that', () => {
  let world: World;
  let receiver: Receiver;
  let paths = 0;

  beforeAll(async () => {
    world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { DELIVERY_TIMEOUT: '3s' },
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    receiver = await Receiver.listen();
  });
  afterEach(() => receiver.close());

  /** One event to a webhook of its own, whose receiver follows the script after the test fire. */
  async function deliver(
    script: readonly Answer[],
  ): Promise<{ path: string; prn: string; webhook: string; requests: () => ReceivedRequest[] }> {
    const path = `/failing-${++paths}`;
    const webhook = await world.createWebhook(receiver, path);
    receiver.answer(path, script);
    const [prn] = (await world.ledger()).issue(1);
    if (prn === undefined) throw new Error('no name was issued');
    await world.post([prn]);
    const requests = (): ReceivedRequest[] =>
      receiver.requests.filter((request) => request.path === path && request.headers['webhook-id'] === prn);
    return { path, prn, webhook: webhook.prn, requests };
  }

  it.each<[string, Answer[], string]>([
    ['answers 500', [status(500), status(503), ok()], 'http_status'],
    ['hangs', [hang(), ok()], 'timeout'],
    ['resets the connection', [reset(), reset(), ok()], 'connection_reset'],
    ['redirects', [redirect('https://example.com/'), ok()], 'redirect'],
  ])(
    '%s gets the same bytes again, signed anew, until it takes them (promise 4) (promise 7)',
    async (_, script, outcome) => {
      const sent = await deliver(script);
      await eventually(() => expect(attemptsOf(sent.requests()).length).toBeGreaterThan(1), {
        withinMs: 60_000,
        explain: () => world.explain(),
      });
      const history = await attemptHistory(sent.webhook, 'delivered');
      expect(history.attempts.length).toBeGreaterThan(1);
      expect(history.attempts[0]).toMatchObject({ attempt: 1, outcome });
      expect(history.attempts.at(-1)).toMatchObject({ outcome: 'delivered', status: 200 });
      const bodies = new Set(sent.requests().map(({ body }) => body.toString('utf8')));
      expect(bodies.size).toBe(1);
      expect(receiver.badSignatures).toEqual([]);
    },
  );

  it('answers 429 with Retry-After is left alone for that long', async () => {
    const sent = await deliver([status(429, { 'retry-after': '3' }), ok()]);
    await eventually(() => expect(sent.requests()).toHaveLength(2), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    const [first, second] = sent.requests();
    expect((second?.receivedAtMs ?? 0) - (first?.receivedAtMs ?? 0)).toBeGreaterThanOrEqual(3_000);
  });

  it('answers 410 is never asked again: its webhook is disabled as gone', async () => {
    const sent = await deliver([status(410)]);
    await eventually(
      async () => {
        const { body } = await world.call<{ webhook: { state: string } }>('GET', `/webhooks/${sent.webhook}`);
        expect(body.webhook).toMatchObject({ state: 'disabled' });
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
    const history = await attemptHistory(sent.webhook, 'failed');
    expect(history.attempts).toHaveLength(1);
    expect(history.attempts[0]).toMatchObject({ outcome: 'gone', status: 410 });
    expect(sent.requests()).toHaveLength(1);
  });

  it('hangs does not hold up its neighbour in the same partition (promise 5)', async () => {
    const hanging = await world.createWebhook(receiver, '/hanging', ['device.connected', 'device.claimed_release']);
    receiver.answer('/hanging', [hang()]);
    const healthy = await world.createWebhook(receiver, '/healthy');
    const ledger = await world.ledger();
    const prns = ledger.issue(500);
    await world.post(prns);
    await eventually(
      () => expect(new Set(receiver.prns('/healthy').filter((prn) => prns.some((own) => own === prn))).size).toBe(500),
      {
        withinMs: 60_000,
        explain: () => world.explain(),
      },
    );
    await world.call('DELETE', `/webhooks/${hanging.prn}`);
    await world.call('DELETE', `/webhooks/${healthy.prn}`);
  });

  async function attemptHistory(webhook: string, wanted: string): Promise<{ attempts: Record<string, unknown>[] }> {
    return eventually(
      async () => {
        const list = await world.call<{ deliveries: { id: string; status: string }[] }>(
          'GET',
          `/webhooks/${webhook}/deliveries`,
        );
        const [delivery] = list.body.deliveries;
        expect(delivery?.status).toBe(wanted);
        const one = await world.call<{ delivery: { attempts: Record<string, unknown>[] } }>(
          'GET',
          `/webhooks/${webhook}/deliveries/${delivery?.id}`,
        );
        expect(one.status).toBe(200);
        return one.body.delivery;
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
  }
});

/** Attempt numbers that arrived, each once: a reused connection that was reset is tried again within the attempt. */
function attemptsOf(requests: readonly ReceivedRequest[]): string[] {
  return [...new Set(requests.map(({ headers }) => String(headers['fleethook-attempt'])))];
}
