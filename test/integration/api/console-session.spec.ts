import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UpkeepJob } from '../../../apps/api/src/upkeep/upkeep.job.js';
import { ApiWorld, type Call } from './api-world.js';
import { ConsoleClient, cookieOf } from './console-client.js';
import { madeKey } from './key-client.js';

/** More tries than one address has. */
const MAX_SIGN_INS = 30;

let world: ApiWorld;

beforeAll(async () => {
  // Each test signs in from an address of its own.
  world = await ApiWorld.create({ environment: { API_TRUSTED_PROXIES: '127.0.0.1' } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

let addresses = 0;
const signIn = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  world.call('POST', '/console/session', {
    key: undefined,
    body,
    headers: { 'x-forwarded-for': `192.0.2.${++addresses}`, ...headers },
  });

const withCookie = (cookie: string, call: Call = {}): Call => ({
  ...call,
  key: undefined,
  headers: { cookie, ...call.headers },
});
const UNAUTHORIZED = { status: 401, json: { errors: { detail: expect.any(String) } } };

describe('signing in', () => {
  it('gives a cookie that no script reads and no other site sends, and nothing else', async () => {
    const reply = await signIn({ api_key: world.key });
    expect(reply).toMatchObject({ status: 204, text: '', headers: { 'cache-control': 'no-store' } });
    const [cookie] = reply.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^fleethook_session=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(JSON.stringify(reply)).not.toContain(world.key);
  });

  it.each([
    ['127.0.0.1:4000', 'http', false],
    ['localhost:4000', 'http', false],
    ['[::1]:4000', 'http', false],
    ['127.0.0.1.example.com', 'http', true],
    ['localhost.example.com', 'http', true],
    ['fleethook.example.com', 'http', true],
    ['127.0.0.1:4000', 'https', true],
  ])('at %s over %s gives a secure cookie: %s', async (host, protocol, isSecure) => {
    const reply = await signIn({ api_key: world.key }, { host, 'x-forwarded-proto': protocol });
    expect(reply.status).toBe(204);
    expect(String(reply.headers['set-cookie']).endsWith('; Secure')).toBe(isSecure);
  });

  it('keeps neither the key nor the cookie, but a hash', async () => {
    const { cookie } = await ConsoleClient.signIn(world);
    const token = cookie.split('=')[1] ?? '';
    const rows = await world.database.query<{ row: string }>('SELECT s::text AS row FROM console_sessions s');
    const all = rows.map(({ row }) => row).join('\n');
    expect(all).toContain(createHash('sha256').update(token).digest('hex'));
    for (const secret of [token, world.key]) {
      expect(all).not.toContain(secret);
      expect(world.logLines.join('')).not.toContain(secret);
    }
  });

  it.each([[{ api_key: 'fhk_nobody' }], [{ api_key: ' ' }], [{ api_key: "' OR 1=1 --" }]])(
    'is refused to %j',
    async (body) => {
      const reply = await signIn(body);
      expect(reply).toMatchObject(UNAUTHORIZED);
      expect(reply.headers).not.toHaveProperty('set-cookie');
    },
  );

  it('is refused to a key that was revoked or has expired', async () => {
    const [revoked, expired] = [await madeKey(world, ['read']), await madeKey(world, ['read'])];
    await world.call('DELETE', `/api-keys/${revoked.prn}`);
    await world.database.query('UPDATE api_keys SET expires_at = now() WHERE prn = $1', [expired.prn]);
    for (const { key } of [revoked, expired]) expect(await signIn({ api_key: key })).toMatchObject(UNAUTHORIZED);
  });

  it.each([
    [{}, ['api_key']],
    [{ api_key: '' }, ['api_key']],
    [{ api_key: 7 }, ['api_key']],
    [{ api_key: 'x'.repeat(257) }, ['api_key']],
    [{ api_key: 'x', remember: true }, ['remember']],
    [[], ['body']],
  ])('names what is wrong with %j', async (body, fields) => {
    const reply = await signIn(body);
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors)).toEqual(fields);
  });

  it('is no form that another site could send', async () => {
    const reply = await world.call('POST', '/console/session', {
      key: undefined,
      text: `{"api_key":"${world.key}"}`,
      headers: { 'content-type': 'text/plain', 'x-forwarded-for': '192.0.2.250' },
    });
    expect(reply.status).toBe(415);
    expect(reply.headers).not.toHaveProperty('set-cookie');
  });

  it('is tried so often by one address and no more, and others are not held up', async () => {
    const tries = Array.from({ length: MAX_SIGN_INS + 1 }, () =>
      signIn({ api_key: 'fhk_guess' }, { 'x-forwarded-for': '198.51.100.7' }),
    );
    const replies = await Promise.all(tries);
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]).toMatchObject({ headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } });
    // Not even with the right key; but with the key itself, as any client.
    const blocked = await signIn({ api_key: world.key }, { 'x-forwarded-for': '198.51.100.7' });
    expect(blocked.status).toBe(429);
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    expect((await world.call('GET', '/webhooks', { headers })).status).toBe(200);
    expect((await signIn({ api_key: world.key })).status).toBe(204);
  });

  it('leaves one session of two in one browser, and so many of one key', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    const count = async () =>
      (await world.database.query('SELECT 1 FROM console_sessions WHERE api_key_prn = $1', [prn])).length;
    const first = cookieOf(await signIn({ api_key: key }));
    const second = cookieOf(await signIn({ api_key: key }, { cookie: first, 'x-fleethook-console': '1' }));
    expect(await count()).toBe(1);
    expect(await world.call('GET', '/console/session', withCookie(first))).toMatchObject(UNAUTHORIZED);
    expect((await world.call('GET', '/console/session', withCookie(second))).status).toBe(200);
    for (let more = 0; more < 55; more++) await signIn({ api_key: key });
    expect(await count()).toBe(50);
    expect(await world.call('GET', '/console/session', withCookie(second))).toMatchObject(UNAUTHORIZED);
  });
});

describe('a session', () => {
  it('says who is signed in', async () => {
    const { key, prn, name } = await madeKey(world, ['read', 'replay'], { name: 'night shift' });
    const client = await ConsoleClient.signIn(world, key);
    const reply = await client.call('GET', '/console/session');
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      json: {
        data: { organization: { name: 'first' }, api_key: { prn, name, scopes: ['read', 'replay'] }, intake_url: null },
      },
    });
    const { expires_at } = (reply.json as { data: { expires_at: string } }).data;
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
  });

  it('may do what its key may, and no more', async () => {
    const { key } = await madeKey(world, ['read']);
    const client = await ConsoleClient.signIn(world, key);
    expect((await client.call('GET', '/webhooks')).status).toBe(200);
    const refused = await client.call('POST', '/webhooks', { body: { url: 'https://example.com/' } });
    expect(refused).toMatchObject({ status: 403, json: { errors: { detail: expect.stringContaining('configure') } } });
  });

  it('is that of its organization, and of no other', async () => {
    const foreign = await ConsoleClient.signIn(world, await world.foreignKey());
    const { prn } = await madeKey(world, ['read']);
    expect((await foreign.call('GET', `/api-keys/${prn}`)).status).toBe(404);
    const session = await foreign.call('GET', '/console/session');
    expect(session).toMatchObject({ status: 200, json: { data: { organization: { name: 'foreign' } } } });
  });

  it('changes something only with the header that no other site’s page can send', async () => {
    const client = await ConsoleClient.signIn(world);
    const body = { name: 'forged', scopes: ['read'] };
    for (const headers of [{}, { 'x-fleethook-console': '0' }, { 'x-fleethook-console': '' }]) {
      const reply = await world.call('POST', '/api-keys', withCookie(client.cookie, { body, headers }));
      expect(reply).toMatchObject({
        status: 403,
        json: { errors: { detail: expect.stringContaining('X-Fleethook') } },
      });
      expect((await world.call('DELETE', '/console/session', withCookie(client.cookie, { headers }))).status).toBe(403);
    }
    expect((await world.call('GET', '/webhooks', withCookie(client.cookie))).status).toBe(200);
    expect(await world.database.query(`SELECT 1 FROM api_keys WHERE name = 'forged'`)).toEqual([]);
    expect((await client.call('POST', '/api-keys', { body })).status).toBe(201);
    // Who shows a key is no browser that was misled.
    const reply = await world.call('POST', '/api-keys', { body, headers: { cookie: client.cookie } });
    expect(reply.status).toBe(201);
  });

  it.each([
    ['no cookie', undefined],
    ['a forged one', `fleethook_session=${'A'.repeat(43)}`],
    ['one that is too short', 'fleethook_session=AAAA'],
    ['an empty one', 'fleethook_session='],
    ['the key itself', 'fleethook_session=KEY'],
    ['a hash of a session', 'fleethook_session=HASH'],
    ['another name', 'xfleethook_session=SESSION'],
  ])('is not opened by %s', async (_what, cookie) => {
    const { cookie: good } = await ConsoleClient.signIn(world);
    const [row] = await world.database.query<{ token_hash: string }>('SELECT token_hash FROM console_sessions');
    const given = cookie
      ?.replace('KEY', world.key)
      .replace('HASH', row?.token_hash ?? '')
      .replace('SESSION', good.split('=')[1] ?? '');
    const headers = given === undefined ? {} : { cookie: given };
    for (const path of ['/console/session', '/webhooks'])
      expect(await world.call('GET', path, { key: undefined, headers })).toMatchObject(UNAUTHORIZED);
  });

  it('is found among other cookies', async () => {
    const { cookie } = await ConsoleClient.signIn(world);
    for (const headers of [{ cookie: `a=b; ${cookie}; c=d` }, { cookie: `a=b;${cookie}` }])
      expect((await world.call('GET', '/console/session', { key: undefined, headers })).status).toBe(200);
  });

  it('is of no account beside a key, not even a wrong one', async () => {
    const { cookie } = await ConsoleClient.signIn(world);
    const reply = await world.call('GET', '/webhooks', { key: 'fhk_nobody', headers: { cookie } });
    expect(reply).toMatchObject(UNAUTHORIZED);
    // A key is no session.
    expect(await world.call('GET', '/console/session')).toMatchObject(UNAUTHORIZED);
  });

  it('ends at once when its key is revoked', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    const client = await ConsoleClient.signIn(world, key);
    expect((await client.call('GET', '/webhooks')).status).toBe(200);
    await world.call('DELETE', `/api-keys/${prn}`);
    expect(await client.call('GET', '/webhooks')).toMatchObject(UNAUTHORIZED);
    expect(await client.call('GET', '/console/session')).toMatchObject(UNAUTHORIZED);
  });

  it('ends when its key expires, and with its own time', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    const client = await ConsoleClient.signIn(world, key);
    await world.database.query('UPDATE api_keys SET expires_at = now() WHERE prn = $1', [prn]);
    expect(await client.call('GET', '/webhooks')).toMatchObject(UNAUTHORIZED);
    await world.database.query('UPDATE api_keys SET expires_at = NULL WHERE prn = $1', [prn]);
    expect((await client.call('GET', '/webhooks')).status).toBe(200);
    await world.database.query('UPDATE console_sessions SET expires_at = now() WHERE api_key_prn = $1', [prn]);
    expect(await client.call('GET', '/webhooks')).toMatchObject(UNAUTHORIZED);
  });

  it('lasts no longer than its key', async () => {
    const expires_at = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
    const { key } = await madeKey(world, ['read'], { expires_at });
    const client = await ConsoleClient.signIn(world, key);
    const reply = await client.call('GET', '/console/session');
    expect(reply.json).toMatchObject({ data: { expires_at } });
  });

  it('ends when one signs out, and the browser forgets it', async () => {
    const client = await ConsoleClient.signIn(world);
    const reply = await client.call('DELETE', '/console/session');
    expect(reply.status).toBe(204);
    expect(String(reply.headers['set-cookie'])).toMatch(/^fleethook_session=; Max-Age=0; Path=\/; HttpOnly/);
    expect(await client.call('GET', '/webhooks')).toMatchObject(UNAUTHORIZED);
  });

  it('is dropped when its time is over', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    await ConsoleClient.signIn(world, key);
    await world.database.query('UPDATE console_sessions SET expires_at = now() WHERE api_key_prn = $1', [prn]);
    await world.app.get(UpkeepJob, { strict: false }).run();
    const rows = await world.database.query('SELECT 1 FROM console_sessions WHERE api_key_prn = $1', [prn]);
    expect(rows).toEqual([]);
  });
});
