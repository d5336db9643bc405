import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post, Req, Res, type RawBodyRequest } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  expressHandler,
  fastifyPlugin,
  fetchHandler,
  nestHandler,
  newSecret,
  nodeHandler,
  secretBytes,
  signPeridio,
  WebhookReceiver,
} from '@fleethook/signing';

const secret = newSecret();
const MAX_BODY_BYTES = 2_000;
const handled: string[] = [];
const receiver = new WebhookReceiver({
  secrets: [secret],
  onEvent: (event) => void handled.push(event.prn),
  onError: () => undefined,
  maxBodyBytes: MAX_BODY_BYTES,
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  handled.length = 0;
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const withExpress = (prepare: (app: express.Express) => void) => (): Promise<string> => {
  const app = express();
  prepare(app);
  app.post('/hook', expressHandler(receiver));
  return listening(createServer(app));
};

const keepRawBody = express.json({
  verify: (request, _, bytes) => {
    Object.assign(request, { rawBody: bytes });
  },
});

async function withFastify(): Promise<string> {
  const app = fastify();
  closing.push(() => app.close());
  app.post('/json', (request) => request.body);
  await app.register(fastifyPlugin(receiver), { path: '/hook' });
  return `${await app.listen({ port: 0, host: '127.0.0.1' })}/hook`;
}

@Controller('hook')
class HookController {
  private readonly handle = nestHandler(receiver);

  @Post()
  take(@Req() request: RawBodyRequest<FastifyRequest>, @Res() response: FastifyReply): Promise<void> {
    return this.handle(request, response);
  }
}

@Module({ controllers: [HookController] })
class HookModule {}

const withNest = (options: { rawBody?: true }) => async (): Promise<string> => {
  const app = await NestFactory.create(HookModule, new FastifyAdapter(), { ...options, logger: false });
  closing.push(() => app.close());
  await app.listen(0, '127.0.0.1');
  return `${await app.getUrl()}/hook`;
};

/** A server in the style of `fetch`, as far as Node has one. @param before what happens to the request first */
const withFetch =
  (before: (request: Request) => Promise<unknown> = () => Promise.resolve()) =>
  (): Promise<string> => {
    const handle = fetchHandler(receiver);
    return listening(
      createServer((incoming, outgoing) => {
        void (async () => {
          const request = new Request('http://localhost/hook', {
            method: incoming.method ?? 'GET',
            headers: Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
            ...(incoming.method === 'POST' && { body: incoming, duplex: 'half' }),
          });
          await before(request);
          const response = await handle(request);
          outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
        })();
      }),
    );
  };

const publishedAt = new Date().toISOString();
const envelope = (prn: string, data = {}): string =>
  JSON.stringify({ version: 1, prn, type: 'device', inserted_at: publishedAt, data: { type: 'connected', data } });

async function post(url: string, body: string, signedBody = body): Promise<unknown[]> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'peridio-published-at': publishedAt,
      'peridio-signature': signPeridio(publishedAt, Buffer.from(signedBody), [secretBytes(secret)]),
    },
    body,
  });
  const { status, error } = (await reply.json()) as { status?: string; error?: { code: string; message: string } };
  return [reply.status, status ?? error?.code, error?.message];
}

const GOOD: [string, () => Promise<string>][] = [
  ['node:http', () => listening(createServer((request, response) => void nodeHandler(receiver)(request, response)))],
  ['Express', withExpress(() => undefined)],
  ['Express with express.raw', withExpress((app) => app.use(express.raw({ type: '*/*' })))],
  ['Express with express.text', withExpress((app) => app.use(express.text({ type: '*/*' })))],
  ['Express with express.json that keeps the bytes', withExpress((app) => app.use(keepRawBody))],
  ['Express with express.json for other types', withExpress((app) => app.use(express.json({ type: 'text/json' })))],
  ['Fastify', withFastify],
  ['Nest with rawBody', withNest({ rawBody: true })],
  ['fetch', withFetch()],
];

describe.each(GOOD)('on %s', (name, start) => {
  it('takes an event once, and refuses what was changed', async () => {
    const url = await start();
    const body = envelope(`prn of ${name}`, { text: 'Zoë ☃' });
    expect(await post(url, body)).toEqual([200, 'handled', undefined]);
    expect(await post(url, body)).toEqual([200, 'duplicate', undefined]);
    expect((await post(url, envelope('b'), body)).slice(0, 2)).toEqual([401, 'SIGNATURE_MISMATCH']);
    expect((await post(url, JSON.stringify(JSON.parse(body), undefined, 1), body))[1]).toBe('BODY_RESERIALIZED');
    expect(handled).toEqual([`prn of ${name}`]);
  });
});

// Frameworks' own parsers have bounds of their own, and say so themselves.
const OWN_READING = GOOD.filter(([name]) => ['node:http', 'Express', 'fetch'].includes(name));

describe('what goes wrong with raw bodies', () => {
  it.each(OWN_READING)('is bounded: %s', async (_, start) => {
    const answer = await post(await start(), envelope('a', { text: 'x'.repeat(MAX_BODY_BYTES) }));
    expect(answer.slice(0, 2)).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['express.json', withExpress((app) => app.use(express.json())), /before app\.use\(express\.json\(\)\)/],
    ['Nest without rawBody', withNest({}), /rawBody: true/],
    ['fetch after request.json()', withFetch((request) => request.json()), /before request\.json\(\)/],
  ])('is said, with the way out: %s', async (_, start, remedy) => {
    const [status, code, message] = await post(await start(), envelope('a'));
    expect([status, code]).toEqual([500, 'BODY_ALREADY_PARSED']);
    expect(message).toMatch(remedy);
    expect(handled).toEqual([]);
  });

  it('leaves the rest of a Fastify server parsing', async () => {
    const url = await withFastify();
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url.replace('/hook', '/json'), { method: 'POST', headers, body: '{"a":1}' });
    expect(await reply.json()).toEqual({ a: 1 });
  });

  it.each(GOOD.filter(([name]) => name === 'node:http' || name === 'fetch'))('refuses GET on %s', async (_, start) => {
    const reply = await fetch(await start());
    expect([reply.status, await reply.json()]).toMatchObject([405, { error: { code: 'METHOD_NOT_ALLOWED' } }]);
  });
});
