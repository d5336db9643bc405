import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { ApiWorld } from './api-world.js';

describe('with PostgreSQL away', () => {
  it.each(['refuse', 'stall'] as const)(
    'every call answers 503 in bounded time (%s), and 200 once it is back',
    async (mode) => {
      const database = new URL(services().databaseUrl);
      await using proxy = await TcpProxy.before({ host: database.hostname, port: Number(database.port) });
      await using world = await ApiWorld.create({ databaseUrl: (url) => proxy.through(url) });
      expect((await world.call('GET', '/users/me')).status).toBe(200);
      const underWay = Array.from({ length: 40 }, () => world.call('GET', '/webhooks'));
      proxy.mode = mode;
      for (const { status } of await Promise.all(underWay)) expect([200, 503]).toContain(status);
      expect(world.logLines.filter((line) => line.includes('api.failed'))).toEqual([]);
      const replies = await Promise.all(
        ['/users/me', '/webhooks', '/webhooks/x', '/webhooks/x/deliveries'].map((path) => world.call('GET', path)),
      );
      for (const reply of replies)
        expect(reply).toMatchObject({
          status: 503,
          headers: { 'retry-after': expect.stringMatching(/^\d+$/), 'peridio-request-id': expect.any(String) },
          json: { errors: { detail: expect.any(String) } },
        });
      const ready = await world.call('GET', '/health/ready');
      expect(ready.status).toBe(503);
      expect(ready.text).toContain('postgresql');
      expect((await world.call('GET', '/health/live')).status).toBe(200);
      proxy.mode = 'pass';
      await eventually(async () => expect((await world.call('GET', '/webhooks')).status).toBe(200), {
        withinMs: 30_000,
      });
      await eventually(async () => expect((await world.call('GET', '/health/ready')).status).toBe(200), {
        withinMs: 30_000,
      });
    },
  );

  it('starts when it comes, answering 503 until then', async () => {
    const database = new URL(services().databaseUrl);
    await using proxy = await TcpProxy.before({ host: database.hostname, port: Number(database.port) });
    proxy.mode = 'refuse';
    await using world = await ApiWorld.create({ databaseUrl: (url) => proxy.through(url), waitForStart: false });
    await eventually(async () => expect((await world.call('GET', '/users/me')).status).toBe(503), { withinMs: 30_000 });
    proxy.mode = 'pass';
    await eventually(async () => expect((await world.call('GET', '/users/me')).status).toBe(200), { withinMs: 30_000 });
  });
});

describe('several processes that start at once', () => {
  it('migrate once and make one organization with one key', async () => {
    await using world = await ApiWorld.create({ waitForStart: false });
    await Promise.all([world.started, world.startApp(), world.startApp()]);
    expect(await world.database.query('SELECT prn FROM organizations')).toHaveLength(1);
    expect(await world.database.query('SELECT prn FROM api_keys')).toHaveLength(1);
    const twice = 'SELECT name FROM migrations GROUP BY name HAVING count(*) > 1';
    expect(await world.database.query(twice)).toEqual([]);
  });
});
