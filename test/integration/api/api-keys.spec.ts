import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newApiKey } from '@fleethook/messages';
import { apiKeyOf, madeKey, type ApiKey } from './key-client.js';
import { ApiWorld } from './api-world.js';
import { WHOLE_SECONDS } from './webhook-client.js';

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.create();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const isTaken = async (key: string): Promise<boolean> => (await world.call('GET', '/users/me', { key })).status === 200;
const keysOf = (json: unknown): ApiKey[] => (json as { api_keys: ApiKey[] }).api_keys;

describe('POST /api-keys', () => {
  it('shows the key once, keeps its hash only, and the key works at once', async () => {
    const reply = await world.call('POST', '/api-keys', {
      body: { name: 'CI', scopes: ['publish', 'read', 'read'], expires_at: '2999-01-01T00:00:00Z' },
    });
    expect(reply).toMatchObject({
      status: 201,
      json: {
        api_key: {
          prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}:api_key:[0-9a-f-]{36}$/),
          name: 'CI',
          scopes: ['read', 'publish'],
          creator_prn: expect.stringMatching(/:api_key:/),
          expires_at: '2999-01-01T00:00:00Z',
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
          key: expect.stringMatching(/^fhk_[A-Za-z0-9_-]{43}$/),
        },
      },
    });
    const { prn, key } = apiKeyOf(reply);
    expect((await world.call('GET', '/users/me', { key })).status).toBe(200);
    const again = await world.call('GET', `/api-keys/${prn}`);
    expect(again.json).toMatchObject({ api_key: { prn, name: 'CI' } });
    expect(again.text).not.toContain(key);
    const rows = await world.database.query<{ row: string }>('SELECT k::text AS row FROM api_keys k');
    expect(rows.some(({ row }) => row.includes(key ?? ''))).toBe(false);
  });

  it.each([
    [{}, ['name', 'scopes']],
    [{ name: ' ', scopes: [] }, ['name', 'scopes']],
    [{ name: 'x'.repeat(129), scopes: ['root'] }, ['name', 'scopes']],
    [{ name: 'a\0b', scopes: 'read' }, ['name', 'scopes']],
    [{ name: 'x', scopes: ['read'], expires_at: '2020-01-01T00:00:00Z' }, ['expires_at']],
    [{ name: 'x', scopes: ['read'], expires_at: '2999-02-30T00:00:00Z' }, ['expires_at']],
    [{ name: 'x', scopes: ['read'], expires_at: 5, hash: 'mine' }, ['expires_at', 'hash']],
  ])('names everything that is wrong with %j', async (body, fields) => {
    const reply = await world.call('POST', '/api-keys', { body });
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors).toSorted()).toEqual(fields);
  });

  it('grants nothing that the key that asks lacks, and nothing at all without configure', async () => {
    const { key } = await madeKey(world, ['configure', 'read']);
    expect(
      await world.call('POST', '/api-keys', { key, body: { name: 'x', scopes: ['read', 'publish'] } }),
    ).toMatchObject({
      status: 422,
      json: { errors: { scopes: [expect.stringContaining('publish')] } },
    });
    const lesser = await world.call('POST', '/api-keys', { key, body: { name: 'x', scopes: ['read'] } });
    expect(lesser.status).toBe(201);
    const { key: reader } = apiKeyOf(lesser);
    const refused = await world.call('POST', '/api-keys', { key: reader, body: { name: 'x', scopes: ['read'] } });
    expect(refused.status).toBe(403);
  });

  it('makes no more than an organization may have', async () => {
    const [first] = await world.database.query<{ prn: string }>(
      'SELECT prn FROM organizations ORDER BY inserted_at LIMIT 1',
    );
    await world.database.query(
      `INSERT INTO api_keys (prn, organization_prn, name, hash, scopes, version, inserted_at)
       SELECT $1 || ':api_key:' || gen_random_uuid(), $1, 'many', gen_random_uuid()::text, '{read}', 1, now()
       FROM generate_series(1, 1000)`,
      [first?.prn],
    );
    const reply = await world.call('POST', '/api-keys', { body: { name: 'x', scopes: ['read'] } });
    expect(reply).toMatchObject({ status: 409, json: { errors: { detail: expect.any(String) } } });
    await world.database.query(`DELETE FROM api_keys WHERE name = 'many'`);
  });
});

describe('GET /api-keys', () => {
  it('walks every key once, in both orders, and refuses what is no query of it', async () => {
    for (let index = 0; index < 5; index++) await madeKey(world, ['read'], { name: `walk ${index}` });
    const [row] = await world.database.query<{ count: string }>('SELECT count(*) FROM api_keys');
    for (const order of ['asc', 'desc']) {
      const seen: string[] = [];
      let page: string | null = '';
      while (page !== null) {
        const reply = await world.call('GET', `/api-keys?limit=2&order=${order}&page=${page}`);
        expect(reply.status).toBe(200);
        seen.push(...keysOf(reply.json).map(({ prn }) => prn));
        page = (reply.json as { next_page: string | null }).next_page;
      }
      expect(new Set(seen).size).toBe(Number(row?.count));
      expect(seen).toHaveLength(Number(row?.count));
    }
    const refused = await world.call('GET', '/api-keys?limit=0&order=up&page=x&name=y');
    expect(refused.status).toBe(422);
    const fields = Object.keys((refused.json as { errors: object }).errors);
    expect(fields.toSorted()).toEqual(['limit', 'name', 'order', 'page']);
  });
});

describe('PATCH /api-keys/{prn}', () => {
  it('changes name and end, and nothing for what is the same', async () => {
    const { prn } = await madeKey(world, ['read']);
    const patch = (body: object) => world.call('PATCH', `/api-keys/${prn}`, { body });
    expect(apiKeyOf(await patch({ prn, name: 'new', expires_at: '2999-01-01T00:00:00Z' }))).toMatchObject({
      name: 'new',
      expires_at: '2999-01-01T00:00:00Z',
    });
    const version = () => world.database.query('SELECT version FROM api_keys WHERE prn = $1', [prn]);
    const before = await version();
    expect((await patch({ prn })).status).toBe(200);
    expect((await patch({ name: 'new', expires_at: '2999-01-01T00:00:00Z' })).status).toBe(200);
    expect(await version()).toEqual(before);
    expect(apiKeyOf(await patch({ expires_at: null }))).toMatchObject({ name: 'new', expires_at: null });
    expect((await patch({ scopes: ['publish'] })).json).toMatchObject({ errors: { scopes: [expect.any(String)] } });
    expect((await patch({ prn: 'other' })).status).toBe(422);
  });

  it('does not let a key give a longer life to one that can do more', async () => {
    const stronger = await madeKey(world, ['configure', 'publish'], { expires_at: '2999-01-01T00:00:00Z' });
    const { key } = await madeKey(world, ['configure']);
    const patch = (body: object) => world.call('PATCH', `/api-keys/${stronger.prn}`, { key, body });
    expect((await patch({ expires_at: null })).status).toBe(403);
    expect((await patch({ expires_at: '2999-01-02T00:00:00Z' })).status).toBe(403);
    expect((await patch({ name: 'renamed' })).status).toBe(200);
    const known = await world.call('GET', `/api-keys/${stronger.prn}`);
    expect(apiKeyOf(known)).toMatchObject({ name: 'renamed', expires_at: '2999-01-01T00:00:00Z' });
  });

  it('lets a key give a shorter life to one that can do more, and not take that back', async () => {
    const endless = await madeKey(world, ['configure', 'publish']);
    const { key } = await madeKey(world, ['configure']);
    const end = (expires_at: string | null) =>
      world.call('PATCH', `/api-keys/${endless.prn}`, { key, body: { expires_at } });
    for (const sooner of ['2999-01-02T00:00:00Z', '2999-01-01T00:00:00Z'])
      expect(await end(sooner)).toMatchObject({ status: 200, json: { api_key: { expires_at: sooner } } });
    for (const later of ['2999-01-02T00:00:00Z', null]) expect((await end(later)).status).toBe(403);
  });
});

describe('a key that is no more', () => {
  it('is refused once it was revoked, and once it has expired', async () => {
    const revoked = await madeKey(world, ['read']);
    expect((await world.call('DELETE', `/api-keys/${revoked.prn}`)).status).toBe(204);
    expect((await world.call('GET', '/webhooks', { key: revoked.key })).status).toBe(401);
    for (const method of ['GET', 'DELETE'])
      expect((await world.call(method, `/api-keys/${revoked.prn}`)).status).toBe(404);
    const expired = await madeKey(world, ['read']);
    await world.database.query('UPDATE api_keys SET expires_at = now() WHERE prn = $1', [expired.prn]);
    expect((await world.call('GET', '/webhooks', { key: expired.key })).status).toBe(401);
  });
});

describe('the key that the settings name', () => {
  it('is made when it was never there, and stays revoked when the API starts again', async () => {
    const named = newApiKey();
    const start = (): Promise<void> => world.startApp({ FLEETHOOK_API_KEY: named });
    await start();
    expect(await isTaken(named)).toBe(true);
    const me = await world.call('GET', '/api-keys?limit=100&order=desc');
    const prn = keysOf(me.json).find(({ name, creator_prn }) => name === 'first' && creator_prn === null)?.prn ?? '';
    expect((await world.call('DELETE', `/api-keys/${prn}`)).status).toBe(204);
    expect(await isTaken(named)).toBe(false);
    await start();
    expect(await isTaken(named)).toBe(false);
    expect(world.logLines.join('\n')).toContain('api_key.stays_revoked');
  });

  it('stays revoked also when somebody had made it before it was named', async () => {
    const { prn, key } = await madeKey(world, ['read']);
    await world.startApp({ FLEETHOOK_API_KEY: key });
    expect((await world.call('DELETE', `/api-keys/${prn}`)).status).toBe(204);
    await world.startApp({ FLEETHOOK_API_KEY: key });
    expect(await isTaken(key)).toBe(false);
  });
});
