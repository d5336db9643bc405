import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { gzipSync } from 'node:zlib';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { World, type CreatedWebhook } from '../support/world.js';

describe('an accepted event', () => {
  let world: World;
  let receiver: Receiver;
  let webhook: CreatedWebhook;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'] });
    receiver = await Receiver.listen();
    webhook = await world.createWebhook(receiver, '/once');
  });

  afterAll(async () => {
    await receiver.close();
    await world[Symbol.asyncDispose]();
  });

  it('is delivered once, and an independent verifier accepts both signatures', async () => {
    const ledger = await world.ledger();
    const prns = ledger.issue(300);
    await world.post(prns);
    await eventually(() => expect(ledger.balance(delivered()).missing.length).toBe(0), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    expect(ledger.balance(delivered())).toMatchObject({ accepted: 300, duplicates: 0, unconfirmed: 0 });
    expect(receiver.badSignatures).toEqual([]);

    const verifier = new Webhook(Buffer.from(webhook.secret, 'hex').toString('base64'));
    const request = receiver.requests.at(-1);
    expect(() =>
      verifier.verify(request?.body.toString('utf8') ?? '', request?.headers as Record<string, string>),
    ).not.toThrow();
  });

  it('arrives with exactly the headers that are promised', () => {
    const request = receiver.requests.at(-1);
    const prn = (JSON.parse(request?.body.toString('utf8') ?? '{}') as { prn: string }).prn;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Fleethook\/\d+\.\d+\.\d+/) as unknown,
      'webhook-id': prn,
      'fleethook-attempt': '1',
      'fleethook-event': 'device.claimed_release',
    });
  });

  it('reaches only webhooks that are subscribed to it', async () => {
    await world.createWebhook(receiver, '/other', ['device.connected']);
    const ledger = await world.ledger();
    const prns = ledger.issue(5);
    await world.post(prns);
    await eventually(() => expect(delivered()).toEqual(expect.arrayContaining(prns)), {
      withinMs: 30_000,
      explain: () => world.explain(),
    });
    expect(receiver.prns('/other').filter((prn) => prns.some((own) => own === prn))).toEqual([]);
  });

  it('can be looked up with its attempt', async () => {
    await eventually(
      async () => {
        const { status, body } = await world.call<{ deliveries: Record<string, unknown>[] }>(
          'GET',
          `/webhooks/${webhook.prn}/deliveries?limit=100`,
        );
        expect(status).toBe(200);
        expect(body.deliveries.length).toBe(100);
        expect(body.deliveries[0]).toMatchObject({ status: 'delivered', response_status: 200, attempt_count: 1 });
      },
      { withinMs: 30_000, explain: () => world.explain() },
    );
  });

  it('may come in a gzip-encoded stream of lines, of which bad ones are named and good ones taken', async () => {
    const ledger = await world.ledger();
    const [first = '', second = ''] = ledger.issue(2);
    const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.apiKey}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      },
      body: gzipSync(`${line(first)}\n{"type":"device"\n${line(second)}\n`),
    });
    expect(reply.status).toBe(202);
    expect(await reply.json()).toMatchObject({
      accepted: 2,
      events: [
        { index: 0, prn: first },
        { index: 2, prn: second },
      ],
      rejected: [{ index: 1 }],
    });
    await eventually(() => expect(delivered()).toEqual(expect.arrayContaining([first, second])), { withinMs: 30_000 });
  });

  /** Without the test fire that verified the webhook. */
  const delivered = (): string[] =>
    receiver.requests
      .filter(({ path, headers }) => path === '/once' && headers['fleethook-event'] !== 'webhook.test_fire')
      .map(({ body }) => (JSON.parse(body.toString('utf8')) as { prn: string }).prn);
});

const line = (prn: string): string =>
  JSON.stringify({
    type: 'device',
    prn,
    data: {
      type: 'claimed_release',
      data: {
        device: { prn: prn.replace(':event:', ':device:'), identifier: 'd', cohort: null },
        release: { prn: prn.replace(':event:', ':release:'), version: '2' },
      },
    },
  });
