import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cli, type Json } from '../../support/cli-process.js';
import { eventually } from '../../support/eventually.js';
import { CliWorld } from './cli-world.js';

let here: CliWorld;

beforeAll(async () => {
  here = await CliWorld.create();
});

afterAll(() => here[Symbol.asyncDispose]());

describe('webhooks', () => {
  it('are made, changed, rolled, tried, disabled, enabled and deleted', async () => {
    const { url } = await here.listener.found(({ kind }) => kind === 'listening');
    const made = await here.cli.json([
      'webhooks',
      'create',
      `${String(url)}other`,
      '--description',
      'other',
      '--timeout',
      '5s',
    ]);
    const { prn, secret: first } = made['webhook'] as Json;
    const own = String(prn).slice(-36);
    expect(first).toMatch(/^[0-9A-F]{32}$/);
    const search = ['webhooks', 'list', '--search', "description~'other'"];
    expect((await here.list(search, 'webhooks')).map((one) => one['prn'])).toEqual([prn]);

    const settings = [
      '--rate',
      '50',
      '--concurrency',
      '3',
      '--header',
      'X-Tenant: acme',
      '--basic-auth',
      'u:p',
      '--filter',
      '{"tags":["a"]}',
    ];
    const changed = await here.cli.json(['webhooks', 'update', own, ...settings, '--event', 'device.updated']);
    expect(changed['webhook']).toMatchObject({
      timeout_ms: 5_000,
      rate_per_second: 50,
      max_concurrency: 3,
      header_names: ['x-tenant'],
      has_basic_auth: true,
      filter: { tags: ['a'] },
      enabled_events: ['device.updated'],
    });
    const back = ['--rate', 'default', '--timeout', 'default', '--filter', 'default', '--basic-auth', 'default'];
    const reset = await here.cli.json(['webhooks', 'update', own, ...back, '--no-headers', '--no-events']);
    expect(reset['webhook']).toMatchObject({
      timeout_ms: null,
      rate_per_second: null,
      header_names: [],
      has_basic_auth: false,
      filter: null,
      enabled_events: [],
    });

    const rolled = await here.cli.json(['webhooks', 'roll-secret', own, '--overlap', '1m']);
    expect((rolled['webhook'] as Json)['secret']).not.toBe(first);
    await here.world.configurationArrived();
    const fired = await here.cli.json(['webhooks', 'test-fire', own, '--wait', '30s']);
    expect(fired['delivery']).toMatchObject({ status: 'delivered', event_type: 'webhook.test_fire' });

    expect(await here.cli.json(['webhooks', 'disable', own])).toMatchObject({ webhook: { state: 'disabled' } });
    const enabled = await here.cli.json(['webhooks', 'enable', own, '--resume-from', 'bookmark']);
    expect(enabled).toMatchObject({ webhook: { state: 'enabled' }, replay_prn: expect.stringContaining(':replay:') });
    expect((await here.cli.run(['webhooks', 'get', own])).stdout).toContain(`${String(url)}other`);

    expect(await here.cli.run(['webhooks', 'delete', own])).toMatchObject({ code: 2, stdout: '' });
    expect(await here.cli.json(['webhooks', 'delete', own, '--yes'])).toEqual({ deleted: prn });
    expect(await here.cli.run(['webhooks', 'get', own])).toMatchObject({ code: 5, stdout: '' });
  });
});

describe('replay', () => {
  it('counts, sends, is steered and listed', async () => {
    await Promise.all([here.sent('pump-0021'), here.sent('pump-0022'), here.sent('pump-0023')]);
    const dry = await here.cli.json(['replay', 'create', here.webhook, '--since', '10m', '--dry-run']);
    const { progress } = dry['replay'] as { progress: Json };
    expect(progress['matched']).toBeGreaterThanOrEqual(3);

    const done = await here.cli.run(['replay', 'create', here.webhook, '--since', '10m', '--rate', '5000']);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain(
      `completed: ${String(progress['matched'])} matched, ${String(progress['matched'])} sent`,
    );

    // Far more than it sends before it is cancelled: a machine under load takes seconds for a command.
    const many = (await here.world.ledger()).issue(100);
    await here.world.post(many);
    const { webhook } = await here.cli.json([
      'webhooks',
      'create',
      `${String((await here.listener.found(({ kind }) => kind === 'listening'))['url'])}slow`,
      '--event',
      'device.claimed_release',
    ]);
    const slowly = ['replay', 'create', String((webhook as Json)['prn']), '--since', '10m', '--rate', '1'];
    await eventually(
      async () =>
        expect(await here.cli.json([...slowly, '--dry-run'])).toMatchObject({
          replay: { progress: { matched: many.length } },
        }),
      { withinMs: 60_000 },
    );
    const slow = await here.cli.json([...slowly, '--no-wait']);
    const id = String((slow['replay'] as Json)['prn']).slice(-36);
    for (const [verb, state] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['cancel', 'cancelled'],
    ] as const)
      expect(await here.cli.json(['replay', verb, id])).toMatchObject({ replay: { state } });
    expect((await here.cli.run(['replay', 'show', id])).stdout).toContain('cancelled');
    expect((await here.list(['replay', 'list'], 'replays')).map(({ state }) => state)).toEqual(
      expect.arrayContaining(['cancelled', 'completed']),
    );
  });
});

describe('dead', () => {
  it('deliveries are listed, counted and sent again', async () => {
    await using failing = here.cli.follow([
      'listen',
      '--create',
      '--port',
      '0',
      '--fail-first',
      '1000',
      '--event',
      'device.disconnected',
    ]);
    const { prn } = await failing.found(({ kind }) => kind === 'webhook');
    await here.world.configurationArrived();
    await here.cli.json(['events', 'send', '--type', 'device.disconnected', '--device', 'pump-0024']);
    await failing.found(({ status }) => status === 503);
    await here.cli.json(['webhooks', 'disable', String(prn)]);
    const dead = await eventually(
      async () => {
        const found = await here.list(['dead', 'list', '--webhook', String(prn)], 'deliveries');
        if (found.length === 0) throw new Error('nothing was given up');
        return found;
      },
      { withinMs: 45_000 },
    );
    expect(dead[0]).toMatchObject({ detail: 'dead', dead_reason: 'webhook_disabled' });
    const counted = await here.list(['dead', 'list', '--count'], 'counts');
    expect(counted).toContainEqual(expect.objectContaining({ webhook_prn: prn, reason: 'webhook_disabled', count: 1 }));
    const dry = await here.cli.json(['dead', 'redrive', '--webhook', String(prn), '--since', '10m', '--dry-run']);
    expect(dry).toMatchObject({ replay: { state: 'completed', progress: { matched: 1 } } });
    const refused = await here.cli.run(['dead', 'redrive', String(dead[0]?.['id'])]);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('not sent again') });

    await here.cli.json(['webhooks', 'enable', String(prn)]);
    const redriven = await here.cli.json(['dead', 'redrive', '--webhook', String(prn), '--since', '10m']);
    expect(redriven).toMatchObject({ replay: { state: 'completed', progress: { sent: 1 } } });
    expect(await failing.end()).toBe(0);
    // With its receiver.
    expect(await here.cli.run(['webhooks', 'get', String(prn)])).toMatchObject({ code: 5 });
  });
});

describe('keys and event-types', () => {
  it('a key is made, may do no more than it may, and is revoked', async () => {
    const made = await here.cli.json(['keys', 'create', 'reader', '--scope', 'read', '--expires-in', '1h']);
    const { prn, key } = made['api_key'] as Json;
    const reader = new Cli({ ...here.cli.environment, FLEETHOOK_API_KEY: String(key) });
    expect((await reader.run(['keys', 'list'])).stdout).toContain('reader');
    const refused = await reader.run(['webhooks', 'disable', here.webhook, '--json']);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { kind: 'unauthorized', status: 403 } });
    await here.cli.json(['keys', 'revoke', String(prn).slice(-36)]);
    expect(await reader.run(['keys', 'list'])).toMatchObject({ code: 4, stdout: '' });
  });

  it('a type of events is registered, listed, shown and removed', async () => {
    const schema = '{"type":"object","required":["door"],"properties":{"door":{"type":"integer"}}}';
    const words = ['event-types', 'register', 'door.opened', '--description', 'A door', '--schema', schema];
    const bad = await here.cli.run([...words, '--example', '{"door":"x"}']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('example: /door must be integer');
    await here.cli.json([...words, '--example', '{"door":7}']);
    expect((await here.list(['event-types', 'list', '--source', 'registered'], 'event_types'))[0]).toMatchObject({
      name: 'door.opened',
    });
    expect((await here.cli.run(['event-types', 'show', 'door.opened'])).stdout).toContain('"door": 7');
    expect(await here.cli.json(['event-types', 'remove', 'door.opened'])).toEqual({ removed: 'door.opened' });
  });
});

describe('doctor', () => {
  it('is run, or said to be missing', async () => {
    const isBuilt = existsSync('dist/apps/doctor/src/main.js');
    const { code, stdout, stderr } = await here.cli.run(['doctor', '--', '--help']);
    expect({ code, isRun: stdout !== '', isMissed: stderr.includes('The doctor is not built') }).toEqual({
      code: isBuilt ? 0 : 1,
      isRun: isBuilt,
      isMissed: !isBuilt,
    });
  });
});
