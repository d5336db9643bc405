import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { ApiWorld, type Reply } from './api-world.js';
import { madeKey } from './key-client.js';

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.create({
    environment: { API_RATE: '5', API_ANONYMOUS_RATE: '3', API_TRUSTED_PROXIES: '127.0.0.1' },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Sends until one is refused. */
async function untilRefused(call: () => Promise<Reply>): Promise<Reply> {
  for (let sent = 0; sent < 200; sent++) {
    const reply = await call();
    if (reply.status === 429) return reply;
  }
  throw new Error('200 requests were taken');
}

const REFUSED = {
  status: 429,
  headers: { 'retry-after': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': expect.stringMatching(/^[12]$/) },
  json: { errors: { detail: expect.any(String) } },
};

describe('the rate of requests', () => {
  it('is limited per key over all routes, and every reply says what is left', async () => {
    const [one, other] = [await madeKey(world, ['read']), await madeKey(world, ['read'])];
    const first = await world.call('GET', '/webhooks', { key: one.key });
    expect(first).toMatchObject({
      status: 200,
      headers: { 'ratelimit-limit': '10', 'ratelimit-remaining': '9', 'ratelimit-reset': '1' },
    });
    const paths = ['/webhooks', '/users/me', `/webhooks/${one.prn}`];
    let calls = 0;
    const refused = await untilRefused(() => world.call('GET', paths[calls++ % 3] ?? '', { key: one.key }));
    expect(refused).toMatchObject({ ...REFUSED, headers: { ...REFUSED.headers, 'ratelimit-limit': '10' } });
    expect((await world.call('GET', '/webhooks', { key: other.key })).status).toBe(200);
    // Whoever comes back when told is served.
    await eventually(async () => expect((await world.call('GET', '/webhooks', { key: one.key })).status).toBe(200), {
      withinMs: 30_000,
    });
  });

  it('is limited per address without a valid key, and such requests cost nobody else anything', async () => {
    const from = (address: string, key: string | undefined = 'fhk_nobody') =>
      world.call('GET', '/webhooks', { key, headers: { 'x-forwarded-for': address } });
    expect(await untilRefused(() => from('192.0.2.1'))).toMatchObject(REFUSED);
    const refusedWithoutAny = await untilRefused(() => from('192.0.2.2', undefined));
    expect(refusedWithoutAny).toMatchObject(REFUSED);
    expect((await from('192.0.2.3')).status).toBe(401);
    await untilRefused(() => from('192.0.2.1'));
    expect((await from('192.0.2.1', world.key)).status).toBe(200);
    // One customer's addresses of version 6 are as many as they like.
    await untilRefused(() => from('2001:db8::1'));
    expect((await from('2001:db8::2')).status).toBe(429);
  });

  it('is none of what watches the API', async () => {
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => world.call('GET', '/health/live', { key: undefined })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const metrics = await world.call('GET', '/metrics', { key: undefined });
    expect(metrics.text).toMatch(/fleethook_api_rate_limited_total\{by="key"\} [1-9]/);
    expect(metrics.text).toMatch(/fleethook_api_rate_limited_total\{by="address"\} [1-9]/);
    expect(metrics.headers).not.toHaveProperty('ratelimit-limit');
  });
});
