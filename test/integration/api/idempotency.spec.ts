import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IdempotencyQueries } from '@fleethook/store';
import { UpkeepJob } from '../../../apps/api/src/upkeep/upkeep.job.js';
import { after, status } from '../../support/answers.js';
import { eventually } from '../../support/eventually.js';
import type { Reply } from './api-world.js';
import { madeKey } from './key-client.js';
import { WebhookClient } from './webhook-client.js';

const operatorKey = randomBytes(24).toString('hex');
const from = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
let client: WebhookClient;
let webhook: string;

beforeAll(async () => {
  client = await WebhookClient.create({ OPERATOR_API_KEY: operatorKey });
  webhook = (await client.created({ enabled_events: ['device.connected'] })).prn;
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const named = (name: string, path: string, body: unknown, key = client.world.key): Promise<Reply> =>
  client.call('POST', path, { key, body, headers: { 'idempotency-key': name } });

const count = async (table: string): Promise<number> => {
  const [row] = await client.world.database.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
};

describe('Idempotency-Key', () => {
  it.each([
    ['/webhooks', 'webhooks', () => ({ url: client.receiver.url })],
    ['/api-keys', 'api_keys', () => ({ name: 'once', scopes: ['read'] })],
    ['/event-types', 'event_types', () => ({ name: 'once.only', description: 'once', schema: {}, example: {} })],
    ['/replays', 'replays', () => ({ webhook_prn: webhook, from, dry_run: true })],
    ['/organizations', 'organizations', () => ({ name: 'once' })],
  ])('gives POST %s the same reply again, secret included, and makes one thing', async (path, table, bodyOf) => {
    const key = path === '/organizations' ? operatorKey : client.world.key;
    const before = await count(table);
    const first = await named('"quoted"', path, bodyOf(), key);
    expect(first).toMatchObject({ status: 201 });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const again = await named('"quoted"', path, bodyOf(), key);
    expect(again).toMatchObject({ status: 201, text: first.text, headers: { 'idempotent-replayed': 'true' } });
    expect(again.headers['peridio-request-id']).not.toBe(first.headers['peridio-request-id']);
    expect(await count(table)).toBe(before + 1);
    await client.world.database.query('DELETE FROM idempotency_keys');
  });

  it('refuses another request under the same key, and lets every API key have its own', async () => {
    await named('k', '/api-keys', { name: 'a', scopes: ['read'] });
    for (const [path, body] of [
      ['/api-keys', { name: 'b', scopes: ['read'] }],
      ['/webhooks', { url: client.receiver.url }],
    ] as const)
      expect(await named('k', path, body)).toMatchObject({
        status: 422,
        json: { errors: { 'idempotency-key': [expect.stringContaining('another request')] } },
      });
    const other = await madeKey(client.world, ['configure', 'read']);
    const reply = await named('k', '/api-keys', { name: 'b', scopes: ['read'] }, other.key);
    expect(reply.status).toBe(201);
    expect(reply.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('keeps no refusal: what is put right is taken under the same key', async () => {
    client.receiver.answer('/late', [status(500), status(200)]);
    const late = { url: `${client.receiver.url}late` };
    expect((await named('late', '/webhooks', late)).status).toBe(422);
    expect((await named('late', '/webhooks', { url: 'http://example.com' })).status).toBe(422);
    expect((await named('late', '/webhooks', late)).status).toBe(201);
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(256)])('refuses %j as a key', async (name) => {
    const reply = await named(
      encodeURIComponent(name) === name ? name : Buffer.from(name).toString('latin1'),
      '/webhooks',
      {},
    );
    expect(reply).toMatchObject({
      status: 400,
      json: { errors: { detail: expect.stringContaining('Idempotency-Key') } },
    });
  });

  it('refuses a body that is nested without end', async () => {
    const text = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const reply = await client.call('POST', '/api-keys', { text, headers: { 'idempotency-key': 'deep' } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { body: [expect.stringContaining('128 levels')] } } });
  });

  it('answers 409 while the first is under way, and makes one thing of many at once', async () => {
    client.receiver.answer('/slow', [after(1_500, status(200))]);
    const body = { url: `${client.receiver.url}slow` };
    const before = await count('webhooks');
    const first = named('slow', '/webhooks', body);
    await eventually(() => expect(client.receiver.requests.at(-1)?.path).toBe('/slow'), { withinMs: 30_000 });
    const others = await Promise.all(Array.from({ length: 5 }, () => named('slow', '/webhooks', body)));
    for (const other of others)
      expect(other).toMatchObject({
        status: 409,
        headers: { 'retry-after': '1' },
        json: { errors: { detail: expect.any(String) } },
      });
    const { text } = await first;
    expect(await named('slow', '/webhooks', body)).toMatchObject({ status: 201, text });
    expect(await count('webhooks')).toBe(before + 1);
  });

  it('takes over what a process that died has left, and then nothing of the dead one is made', async () => {
    const body = { url: `${client.receiver.url}takeover` };
    client.receiver.answer('/takeover', [after(1_500, status(200)), status(200)]);
    const before = await count('webhooks');
    const paused = named('takeover', '/webhooks', body);
    await eventually(() => expect(client.receiver.requests.at(-1)?.path).toBe('/takeover'), { withinMs: 30_000 });
    // As if it had been silent for longer than its claim lasts.
    await client.world.database.query('UPDATE idempotency_keys SET claimed_until = now() WHERE reply IS NULL');
    const second = await named('takeover', '/webhooks', body);
    expect(second.status).toBe(201);
    expect((await paused).status).toBe(409);
    expect(await count('webhooks')).toBe(before + 1);
    expect(await named('takeover', '/webhooks', body)).toMatchObject({ status: 201, text: second.text });
  });

  it('is forgotten after a day, and the row goes', async () => {
    const body = { name: 'day', scopes: ['read'] };
    const first = await named('day', '/api-keys', body);
    await client.world.database.query('UPDATE idempotency_keys SET expires_at = now()');
    expect((await named('day', '/api-keys', body)).text).not.toBe(first.text);
    await client.world.database.query('UPDATE idempotency_keys SET expires_at = now()');
    await client.world.app.get(UpkeepJob).run();
    expect(await count('idempotency_keys')).toBe(0);
  });

  it('is bounded for each caller; requests without one go on', async () => {
    const { prn, key } = await madeKey(client.world, ['configure', 'read']);
    await client.world.database.query(
      `INSERT INTO idempotency_keys (caller, key, fingerprint, claim, claimed_until, expires_at)
       SELECT $1, 'n' || n, '', gen_random_uuid(), now(), now() + interval '1 hour' FROM generate_series(1, 10000) n`,
      [prn],
    );
    const body = { name: 'x', scopes: ['read'] };
    expect(await named('one too many', '/api-keys', body, key)).toMatchObject({ status: 400 });
    expect(await named('one-too-many', '/api-keys', body, key)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '3600' },
    });
    expect((await client.call('POST', '/api-keys', { key, body })).status).toBe(201);
    expect((await named('one-too-many', '/api-keys', body)).status).toBe(201);
    expect(await client.world.app.get(IdempotencyQueries).count()).toBeGreaterThan(10_000);
  });
});
