import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redirect, status } from '../../support/answers.js';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import type { Reply } from './api-world.js';
import { WebhookClient, webhookOf } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const create = (url: string, settings: object = {}, by = client): Promise<Reply> =>
  by.call('POST', '/webhooks', { body: { url, ...settings } });

const isRefused = (reply: Reply): boolean => reply.status === 503;

async function refusalOf(url: string): Promise<string> {
  const count = await client.count();
  const reply = await create(url);
  expect(reply.status).toBe(422);
  expect(await client.count()).toBe(count);
  const { errors } = reply.json as { errors: { url: string[] } };
  expect(Object.keys(errors)).toEqual(['url']);
  return errors.url.join('; ');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('verification by test fire', () => {
  it.each([
    [204, status(204)],
    [201, status(201)],
    [302, redirect('https://localhost/')],
    [308, redirect('https://localhost/', 308)],
    [410, status(410)],
    [500, status(500)],
  ])('takes exactly 200: not %i', async (code, answer) => {
    client.receiver.answer('/other', [answer]);
    const before = client.receiver.requests.length;
    expect(await refusalOf(`${client.receiver.url}other`)).toContain(String(code));
    expect(client.receiver.requests.length).toBe(before + 1);
  });

  it.each(['wrongName', 'expired', 'selfSigned'] as const)('refuses a certificate that is %s', async (certificate) => {
    await using receiver = await Receiver.listen([], { certificate });
    expect(await refusalOf(receiver.url)).toContain('TLS');
    expect(receiver.requests).toEqual([]);
  });

  it('says that nobody listens, that a name is unknown, and that a connection was closed', async () => {
    expect(await refusalOf(`https://localhost:${await freePort()}/`)).toContain('connection was refused');
    expect(await refusalOf('https://nobody.invalid/')).toContain('could not be resolved');
    await using closing = await Receiver.listen([], { connections: ['close'] });
    expect(await refusalOf(closing.url)).toMatch(/closed|TLS/);
  });

  it('calls no address that deliveries may not call, whatever the name', async () => {
    for (const url of [
      'https://10.0.0.1/',
      'https://0x0a.1/',
      'https://[::ffff:10.0.0.1]/',
      'https://169.254.169.254/',
    ])
      expect(await refusalOf(url)).toContain('special address');
  });

  it('shows beside the errors what was sent and what came back', async () => {
    client.receiver.answer('/teapot', [status(418, { 'x-why': 'short and stout' }, 'I am a teapot')]);
    const url = `${client.receiver.url}teapot`;
    const { json } = await client.call('POST', '/webhooks', { body: { url, headers: { 'x-token': 'sealed-away' } } });
    expect(JSON.stringify(json)).not.toContain('sealed-away');
    expect(json).toEqual({
      errors: { url: [expect.stringContaining('418')] },
      test_fire: {
        started_at: expect.any(String),
        outcome: 'http_status',
        stage: null,
        status: 418,
        latency_ms: expect.any(Number),
        response_headers: expect.arrayContaining([{ name: 'x-why', value: 'short and stout' }]),
        response_excerpt: 'I am a teapot',
        request: {
          method: 'POST',
          url,
          headers: expect.arrayContaining([
            { name: 'x-token', value: null },
            { name: 'fleethook-event', value: 'webhook.test_fire' },
          ]),
          body: client.receiver.requests.at(-1)?.body.toString(),
          as_sent: true,
        },
      },
    });
  });

  it('takes a host name with its last dot', async () => {
    expect((await create(`https://localhost.:${client.receiver.port}/`)).status).toBe(201);
  });

  it('is made once for a change that others get in the way of', async () => {
    const { prn } = await client.created();
    const url = `${client.receiver.url}slow`;
    client.receiver.answer('/slow', [
      (exchange) => {
        const description = JSON.stringify({ description: 'meanwhile' });
        void client.call('PATCH', `/webhooks/${prn}`, { text: description }).then(() => status(200)(exchange));
      },
      status(500),
    ]);
    const reply = await client.call('PATCH', `/webhooks/${prn}`, { body: { prn, url } });
    expect(reply.status).toBe(200);
    expect(webhookOf(reply)).toMatchObject({ url, description: 'meanwhile' });
  });

  it('of slow endpoints holds up nothing else: too many at once are asked to come again', async () => {
    // An endpoint that takes connections and says nothing keeps a verification until this limit: all begin within it on a busy machine, too.
    await using patient = await WebhookClient.create({ DELIVERY_CONNECT_TIMEOUT: '30s' });
    await using silent = await Receiver.listen([], { connections: ['silence'] });
    const replies: Reply[] = [];
    const asked = 200;
    for (let call = 0; call < asked; call++)
      void create(silent.url, { timeout_ms: 30_000 }, patient).then((reply) => replies.push(reply));
    await eventually(() => expect(replies.filter(isRefused)).not.toEqual([]), { withinMs: 60_000 });
    expect((await patient.call('GET', '/webhooks?limit=1')).status).toBe(200);
    await eventually(
      () => {
        silent.dropConnections();
        expect(replies).toHaveLength(asked);
      },
      { withinMs: 60_000 },
    );
    for (const reply of replies.filter(isRefused)) {
      expect(reply.json).toEqual({ errors: { detail: expect.any(String) } });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    for (const reply of replies.filter((one) => !isRefused(one)))
      expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.any(String)] } } });
    expect((await create(patient.receiver.url, {}, patient)).status).toBe(201);
  });
});
