import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { Prn } from '@fleethook/events';
import type { OpenApiDocument } from '../../../apps/api/src/openapi/openapi.document.js';
import type { Call, Reply } from './api-world.js';
import { ConsoleClient } from './console-client.js';
import { DocumentCheck } from './document-check.js';
import { madeKey } from './key-client.js';
import { recordedDelivery } from './recorded-delivery.js';
import { RequestArbitrary } from './request-arbitrary.js';
import type { KnownValues } from './value-arbitrary.js';
import { WebhookClient } from './webhook-client.js';

jest.setTimeout(60_000);

// The copy that is checked in, for the tests are named by its operations; openapi.spec.ts says that it is the one that is served.
const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApiDocument;
const { operations } = new DocumentCheck(document);

/** Of all operations together: a minute at most. */
const RUNS = Math.max(20, Math.floor(2_000 / operations.length));
const MAX_ROUNDS = 5;
const HANGS_AFTER_MS = 15_000;

const operatorKey = randomBytes(24).toString('hex');
let client: WebhookClient;
let foreignKey: string;
let session: ConsoleClient;

beforeAll(async () => {
  client = await WebhookClient.create({ OPERATOR_API_KEY: operatorKey });
  session = await ConsoleClient.signIn(client.world);
  foreignKey = await client.world.foreignKey();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** Something of each kind that there is, made anew for every operation: the one before may have deleted it. */
async function knownValues(): Promise<KnownValues> {
  const webhook = await client.created({ enabled_events: ['device.connected'] });
  const type = `fuzz.t${crypto.randomUUID().replaceAll('-', '')}`;
  await client.call('POST', '/event-types', { body: { name: type, description: type, schema: {}, example: {} } });
  const { event, id } = await recordedDelivery(client.world, webhook.prn as Prn<'webhook'>);
  const replay = await client.call('POST', '/replays', {
    body: { webhook_prn: webhook.prn, from: ago(60_000), dry_run: true },
  });
  const texts = {
    prn: [webhook.prn, webhook.prn.replace(/.$/, '0'), webhook.organization_prn],
    'api-keys.prn': [(await madeKey(client.world, ['read'])).prn],
    'events.prn': [event],
    'organizations.prn': [webhook.organization_prn],
    'replays.prn': [(replay.json as { replay: { prn: string } }).replay.prn],
    id: [id],
    webhook_prn: [webhook.prn],
    event_prn: [event],
    type: ['device', 'connected', 'device.connected'],
    from: [ago(60_000), ago(3_600_000), ago(40 * 86_400_000)],
    to: [ago(0), ago(30_000)],
    name: [type, 'device.connected', 'webhook.test-fire'],
    key: [foreignKey],
    url: [
      client.receiver.url,
      new URL('/other', client.receiver.url).href,
      'http://127.0.0.1/',
      'https://user@127.0.0.1/',
      'https://127.0.0.1:1/',
      'https://10.0.0.1/',
      'https://[::ffff:7f00:1]/',
      'https://127.1/',
      `https://127.0.0.1/${'x'.repeat(1_100)}`,
      'nonsense',
      '',
    ],
    enabled_events: ['device.connected', 'device.updated', type, 'no.such'],
    search: [
      `prn:'${webhook.prn}'`,
      `description~'it\\'s' and inserted_at>='2026-01-01T00:00:00Z'`,
      `inserted_at<'0000-01-01T00:00:00Z'`,
      `description~'\0'`,
    ],
    page: [Buffer.from(`[${Date.now()},"${webhook.prn}"]`).toString('base64url'), 'e30', 'W10'],
  };
  const objects = {
    filter: [{ tags: ['fuzz'] }, { where: { pointer: '/type', eq: 'device' } }],
    event: [{ type: 'fuzz', data: { type: type.slice('fuzz.'.length), data: {} } }],
  };
  return { texts, objects };
}

const ago = (ms: number): string => `${new Date(Date.now() - ms).toISOString().slice(0, 19)}Z`;

/** The operator's routes are asked with the operator's key, the console's with the cookie of a session. */
function withKey(path: string, call: Call): Call {
  if (path === '/console/session')
    return {
      ...call,
      key: undefined,
      headers: { cookie: session.cookie, 'x-fleethook-console': '1', ...call.headers },
    };
  return path.startsWith('/organizations') && !('key' in call) ? { ...call, key: operatorKey } : call;
}

async function inTime(work: Promise<Reply>): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no reply: it hangs')), HANGS_AFTER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes on a connection of their own, and all that comes back until it is closed. */
function raw(bytes: string | Buffer): Promise<string> {
  const { port } = client.world.app.getHttpServer().address() as { port: number };
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.setTimeout(HANGS_AFTER_MS, () => socket.destroy(new Error('no reply: it hangs')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.end(bytes);
  });
}

describe('whatever is asked of', () => {
  // `call` holds every reply to the document.
  it.each(operations)(
    '$operation.operationId, the reply is in the document and no failure of ours',
    async (operation) => {
      const requests = new RequestArbitrary(document, await knownValues());
      const seen = new Map<number, number>();
      // Requests that are all refused for the same reason would test nothing; that chance alone made them so is ruled out.
      const tells = (): boolean => seen.size > 1 || seen.has(200);
      const property = fc.asyncProperty(requests.of(operation), async ({ path, call }) => {
        const reply = await inTime(client.call(operation.method, path, withKey(operation.path, call)));
        seen.set(reply.status, (seen.get(reply.status) ?? 0) + 1);
        expect(reply.status).toBeLessThan(500);
      });
      for (let round = 0; round < MAX_ROUNDS && !tells(); round++)
        // A failure prints seed and path; put them here to see it again.
        await fc.assert(property, { numRuns: RUNS, endOnFailure: false });
      expect(tells()).toBe(true);
    },
  );
});

describe('what is no HTTP', () => {
  const host = 'Host: x\r\nConnection: close\r\n';

  it.each([
    ['a line of nonsense', 'nonsense\r\n\r\n', 400],
    ['an unknown method', `FROB / HTTP/1.1\r\n${host}\r\n`, 400],
    ['no host', 'GET /webhooks HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a header with NUL', `GET /webhooks HTTP/1.1\r\n${host}x: a\0b\r\n\r\n`, 400],
    ['two lengths', `POST /webhooks HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [
      'a length and chunks',
      `POST /webhooks HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['headers without end', `GET /webhooks HTTP/1.1\r\n${host}x: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ['TLS', Buffer.from('160301020001000001fc0303', 'hex'), 400],
  ])('such as %s is answered in the form of the contract', async (_what, bytes, status) => {
    const text = await raw(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(/\r\nperidio-request-id: [0-9a-f-]{36}\r\n/);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toEqual({ errors: { detail: expect.any(String) } });
  });

  it('never fails us, and never hangs', async () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        'GET ',
        'POST ',
        '/webhooks',
        ' HTTP/1.1',
        '\r\n',
        '\n',
        ': ',
        'Host: x',
        '\0',
        '%',
        '?',
        '{}',
        '0\r\n\r\n',
      ),
      fc.constantFrom(
        'Content-Length: 2\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Expect: 100-continue\r\n',
        'Upgrade: x\r\n',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
        expect(await raw(parts.join(''))).not.toMatch(/^HTTP\/1\.1 5/);
      }),
      { numRuns: 100 },
    );
  });
});
