import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { madeKey } from './key-client.js';
import type { Reply } from './api-world.js';
import { WebhookClient } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** Without what differs from reply to reply. */
function comparable({ status, headers, text }: Reply): unknown {
  const { date: _date, 'peridio-request-id': _id, ...rest } = headers;
  return { status, headers: rest, text };
}

describe('every reply', () => {
  it.each([
    ['data', 'GET', '/webhooks', undefined, 200],
    ['a secret', 'POST', '/webhooks', { url: 'receiver' }, 201],
    ['nobody known', 'GET', '/webhooks', 'nobody', 401],
    ['nothing there', 'GET', '/nowhere', undefined, 404],
    ['a wrong field', 'POST', '/webhooks', { url: 'x' }, 422],
    ['the document', 'GET', '/openapi.json', undefined, 200],
    ['the page', 'GET', '/docs', undefined, 200],
    ['health', 'GET', '/health/live', undefined, 200],
  ] as const)(
    'is kept by nobody, framed by nobody and guessed by nobody: %s',
    async (_, method, path, what, status) => {
      const body =
        what === 'nobody' || what === undefined
          ? {}
          : { body: { ...what, ...(what.url === 'receiver' && { url: client.receiver.url }) } };
      const reply = await client.call(method, path, what === 'nobody' ? { key: 'fhk_nobody' } : body);
      expect(reply.status).toBe(status);
      const { headers } = reply;
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers['cache-control']).toMatch(/^no-(store|cache)/);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['server']).toBeUndefined();
      // No page of another origin may read it.
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});

describe('a method that a path does not have', () => {
  it.each([
    ['PUT', '/webhooks', 'GET, HEAD, POST'],
    ['QUERY', '/webhooks?limit=1', 'GET, HEAD, POST'],
    ['PROPFIND', '/webhooks/prn:1:x', 'DELETE, GET, HEAD, PATCH'],
    ['OPTIONS', '/webhooks/prn:1:x/test_fire', 'POST'],
    ['GET', '/webhooks/prn:1:x/test_fire', 'POST'],
    ['POST', '/users/me', 'GET, HEAD'],
    ['POST', '/console/', 'GET, HEAD'],
  ])('%s %s is refused, with those that it has: %s', async (method, path, allow) => {
    for (const key of [client.world.key, undefined]) {
      const reply = await client.call(method, path, { key });
      expect(reply).toMatchObject({ status: 405, json: { errors: { detail: `The path takes ${allow}` } } });
      expect(reply.headers['allow']).toBe(allow);
    }
  });

  it('is none of a path that is not there', async () => {
    for (const path of ['/nowhere', '/webhooks/', '/webhooks//test_fire', '/users/me/more', '/organizations'])
      expect((await client.call('PUT', path)).status).toBe(404);
  });
});

describe('a base URL that ends in a slash', () => {
  it("serves as one without: Peridio's clients ask for what they join to it", async () => {
    const { prn } = await client.created();
    const { port } = client.world.app.getHttpServer().address() as { port: number };
    const headers = { authorization: `Token ${client.world.key}` };
    const asked = async (path: string, init: RequestInit = { headers }): Promise<{ status: number; json: unknown }> => {
      const reply = await fetch(`http://127.0.0.1:${port}/${path}`, init);
      return { status: reply.status, json: await reply.json() };
    };
    expect(await asked(`/webhooks/${prn}`)).toMatchObject({ status: 200, json: { webhook: { prn } } });
    expect(await asked('/webhooks', {})).toMatchObject({ status: 401 });
    expect(await asked('/nowhere')).toMatchObject({ status: 404 });
    expect(await asked(`webhooks//${prn}`)).toMatchObject({ status: 404 });
  });
});

describe('what a stranger learns', () => {
  it('of keys: nothing; unknown, revoked and expired ones, and those of no form, are answered alike', async () => {
    const [revoked, expired] = [await madeKey(client.world, ['read']), await madeKey(client.world, ['read'])];
    await client.call('DELETE', `/api-keys/${revoked.prn}`);
    await client.world.database.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE prn = $1", [
      expired.prn,
    ]);
    const replies: unknown[] = [];
    for (const key of [revoked.key, expired.key, `fhk_${'x'.repeat(43)}`, 'x', client.world.key.toLowerCase()])
      replies.push(comparable(await client.call('GET', '/webhooks', { key })));
    expect(replies[0]).toMatchObject({ status: 401 });
    for (const reply of replies) expect(reply).toEqual(replies[0]);
  });

  it('of other organizations’ things: that they are as little there as what was never there', async () => {
    const { prn } = await client.created();
    const stranger = await client.world.foreignKey();
    const [, , organization = ''] = prn.split(':');
    const missing = [
      `prn:1:${organization}:webhook:${crypto.randomUUID()}`,
      `prn:1:${crypto.randomUUID()}:webhook:${crypto.randomUUID()}`,
    ];
    for (const [method, action, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { description: 'mine' }],
      ['DELETE', '', undefined],
      ['POST', '/test_fire', undefined],
      ['POST', '/roll_secret', undefined],
      ['GET', '/deliveries', undefined],
    ] as const) {
      const call = { key: stranger, ...(body === undefined ? {} : { body }) };
      const theirs = comparable(await client.call(method, `/webhooks/${prn}${action}`, call));
      expect(theirs).toMatchObject({ status: 404 });
      for (const never of missing)
        expect(comparable(await client.call(method, `/webhooks/${never}${action}`, call))).toEqual(theirs);
    }
    expect((await client.call('GET', `/webhooks/${prn}`)).status).toBe(200);
  });
});

describe('names of members that mean something to JavaScript', () => {
  it.each([
    '{"__proto__":{"url":"https://example.com/"}}',
    '{"url":"https://example.com/","__proto__":{"state":"disabled"}}',
    '{"url":"https://example.com/","constructor":{"prototype":{"polluted":true}}}',
    '{"url":"https://example.com/","filter":{"__proto__":{"polluted":true}}}',
    '{"url":"https://example.com/","basic_auth":{"username":"a","password":"b","__proto__":{"polluted":true}}}',
  ])('are refused by name, and merged into nothing: %s', async (text) => {
    const reply = await client.call('POST', '/webhooks', { text });
    expect(reply.status).toBe(422);
    expect(reply.text).toMatch(/__proto__|constructor/);
    expect('polluted' in {}).toBe(false);
  });

  it('are names of headers like any other, but for the one that could be lost on its way', async () => {
    const create = (headers: string): Promise<Reply> =>
      client.call('POST', '/webhooks', { text: `{"url":${JSON.stringify(client.receiver.url)},"headers":${headers}}` });
    expect(await create('{"__proto__":"a","x":"b"}')).toMatchObject({
      status: 422,
      json: { errors: { headers: ['"__proto__" is not a name that a header may have here'] } },
    });
    const reply = await create('{"constructor":"a","toString":"b"}');
    expect(reply.status).toBe(201);
    expect(client.receiver.requests.at(-1)?.headers).toMatchObject({ constructor: 'a', tostring: 'b' });
    expect((reply.json as { webhook: object }).webhook).toMatchObject({ header_names: ['constructor', 'tostring'] });
  });
});
