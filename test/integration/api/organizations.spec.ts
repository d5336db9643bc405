import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiWorld, type Reply } from './api-world.js';
import { apiKeyOf } from './key-client.js';

const operatorKey = randomBytes(24).toString('hex');
let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.create({ environment: { OPERATOR_API_KEY: operatorKey } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Organization {
  prn: string;
  name: string;
}
const organizationOf = (reply: Reply): Organization => (reply.json as { organization: Organization }).organization;
const operate = (method: string, path: string, body?: unknown): Promise<Reply> =>
  world.call(method, path, { key: operatorKey, ...(body === undefined ? {} : { body }) });

describe('the operator', () => {
  it('makes an organization and its first key, which sees its own and nothing else', async () => {
    const made = await operate('POST', '/organizations', { name: 'Pumps Inc.' });
    expect(made).toMatchObject({
      status: 201,
      json: { organization: { prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}$/), name: 'Pumps Inc.' } },
    });
    const { prn } = organizationOf(made);
    const first = await operate('POST', `/organizations/${prn}/api-keys`, {});
    expect(first).toMatchObject({
      status: 201,
      json: { api_key: { organization_prn: prn, name: 'first', creator_prn: null, expires_at: null } },
    });
    const { key, scopes } = apiKeyOf(first);
    expect(scopes).toEqual(['read', 'configure', 'publish', 'replay']);
    expect(await world.call('GET', '/users/me', { key })).toMatchObject({ json: { data: { organization_prn: prn } } });
    expect(((await world.call('GET', '/api-keys', { key })).json as { api_keys: unknown[] }).api_keys).toHaveLength(1);
    const audit = await world.call('GET', '/audit-log', { key });
    expect(audit.json).toMatchObject({
      audit_log: [
        { actor: 'operator', action: 'api_key.created' },
        { actor: 'operator', action: 'organization.created', after: { name: 'Pumps Inc.' } },
      ],
    });
  });

  it('lists, renames and finds them', async () => {
    const { prn } = organizationOf(await operate('POST', '/organizations', { name: 'before' }));
    expect(organizationOf(await operate('PATCH', `/organizations/${prn}`, { prn, name: 'after' }))).toMatchObject({
      name: 'after',
    });
    expect(organizationOf(await operate('GET', `/organizations/${prn}`))).toMatchObject({ prn, name: 'after' });
    const seen: string[] = [];
    let page: string | null = '';
    while (page !== null) {
      const reply = await operate('GET', `/organizations?limit=1&order=desc&page=${page}`);
      const { organizations, next_page } = reply.json as { organizations: Organization[]; next_page: string | null };
      seen.push(...organizations.map((organization) => organization.prn));
      page = next_page;
    }
    expect(seen[0]).toBe(prn);
    expect(new Set(seen).size).toBe(seen.length);
    expect(await operate('POST', '/organizations', { name: '', prn: 'x' })).toMatchObject({
      status: 422,
      json: { errors: { name: [expect.any(String)], prn: [expect.any(String)] } },
    });
    for (const path of ['/organizations/nonsense', `/organizations/prn:1:${crypto.randomUUID()}`])
      expect((await operate('GET', path)).status).toBe(404);
  });

  it('is nobody else: 404 for a customer, 401 for a stranger, and no customer to the other routes', async () => {
    for (const [method, path] of [
      ['GET', '/organizations'],
      ['POST', '/organizations'],
    ] as const) {
      expect((await world.call(method, path)).status).toBe(404);
      expect((await world.call(method, path, { key: undefined })).status).toBe(401);
      expect((await world.call(method, path, { key: `${operatorKey}x` })).status).toBe(401);
    }
    expect((await operate('GET', '/webhooks')).status).toBe(401);
  });

  it('does not exist where no operator key is set', async () => {
    await using plain = await ApiWorld.create();
    for (const key of [undefined, plain.key, operatorKey])
      expect((await plain.call('GET', '/organizations', { key })).status).toBe(404);
  });
});
