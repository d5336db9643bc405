import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { World } from '../../support/world.js';
import { Cli, type FollowedCli, type Json } from '../../support/cli-process.js';

const START_WITHIN_MS = 240_000;
const TEST_WITHIN_MS = 120_000;

let dataDir: string;
let world: World;
let cli: Cli;
/** A receiver with a webhook to it, which fails every event once. */
let listener: FollowedCli;
let webhook: string;
let secret: string;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'fleethook-cli-'));
  const bare = new Cli({ FLEETHOOK_DATA_DIR: dataDir });
  // The first run makes the authority that Fleethook has to be started with.
  const first = bare.follow(['listen', '--port', '0']);
  const { ca_file: caFile } = await first.found(({ kind }) => kind === 'listening');
  await first.end();
  world = await World.create({
    apps: ['ingest', 'router', 'delivery', 'recorder'],
    environment: { EGRESS_CA_FILE: String(caFile) },
  });
  cli = new Cli({
    FLEETHOOK_DATA_DIR: dataDir,
    FLEETHOOK_URL: world.app('api').url,
    FLEETHOOK_INGEST_URL: world.app('ingest').url,
    FLEETHOOK_API_KEY: world.apiKey,
  });
  listener = cli.follow(['listen', '--create', '--port', '0', '--fail-first', '1', '--event', 'device.connected']);
  const made = await listener.found(({ kind }) => kind === 'webhook');
  [webhook, secret] = [String(made['prn']), String(made['secret'])];
  await world.configurationArrived();
}, START_WITHIN_MS);

afterAll(async () => {
  await listener[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, START_WITHIN_MS);

const list = async (words: readonly string[], name: string): Promise<Json[]> => (await cli.json(words))[name] as Json[];
const delivered = (event: string) => (record: Json) =>
  record['status'] === 200 && (record['headers'] as Json | undefined)?.['webhook-id'] === event;

/** Sends an event and waits until the receiver has taken it. @returns its PRN */
async function sent(device: string): Promise<string> {
  const { prn } = await cli.json(['events', 'send', '--type', 'device.connected', '--device', device]);
  await listener.found(delivered(String(prn)));
  return String(prn);
}

/** The delivery of an event, once the history says that it was delivered. */
function recorded(event: string): Promise<Json> {
  return eventually(
    async () => {
      const [delivery] = await list(['deliveries', 'list', '--event', event], 'deliveries');
      if (delivery?.['status'] !== 'delivered') throw new Error(JSON.stringify(delivery));
      return delivery;
    },
    { withinMs: 30_000 },
  );
}

describe('events', () => {
  it(
    'are sent, received on the second attempt, listed and shown',
    async () => {
      const event = await sent('pump-0017');
      const delivery = await recorded(event);
      expect(delivery).toMatchObject({ attempt_count: 2, event_type: 'device.connected' });
      const attempts = listener.records.filter(
        (record) => (record['headers'] as Json | undefined)?.['webhook-id'] === event,
      );
      expect(attempts.map(({ status }) => status)).toEqual([503, 200]);
      expect(attempts.map(({ verification }) => (verification as Json)['valid'])).toEqual([true, true]);

      const listed = await list(['events', 'list', '--device', 'pump-0017'], 'events');
      expect(listed.map(({ prn }) => prn)).toEqual([event]);
      const shown = await cli.run(['events', 'show', event.slice(-36)]);
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain(String(delivery['id']));
    },
    TEST_WITHIN_MS,
  );

  it(
    'of a file get a result each, with their line, and 1 when one was rejected',
    async () => {
      const device = `${await world.organization()}:device:0194c1a0-0000-7000-8000-000000000001`;
      const good = { type: 'device', data: { type: 'updated', data: { device: { prn: device } } } };
      const { code, stdout, stderr } = await cli.run(
        ['events', 'send', '-', '--gzip', '--json'],
        `${JSON.stringify(good)}\n\n{"type":"device"}\nno json\n`,
      );
      const results = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Json);
      expect(results.map(({ line, status }) => [line, status])).toEqual([
        [1, 'accepted'],
        [3, 'rejected'],
        [4, 'rejected'],
      ]);
      expect(results[1]?.['errors']).toHaveProperty('/data');
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    },
    TEST_WITHIN_MS,
  );

  it(
    'are followed as they come, until Ctrl-C',
    async () => {
      await using tail = cli.follow([
        'events',
        'tail',
        '--since',
        '1m',
        '--interval',
        '200ms',
        '--device',
        'pump-0018',
      ]);
      const { prn } = await cli.json([
        'events',
        'send',
        '--type',
        'device.updated',
        '--example',
        '--device',
        'pump-0018',
      ]);
      await tail.found((record) => record['prn'] === prn);
      expect(await tail.end()).toBe(0);
      expect(tail.records).toHaveLength(1);
    },
    TEST_WITHIN_MS,
  );

  it(
    'of a fleet are simulated, the same for the same seed',
    async () => {
      const words = ['simulate', '--devices', '5', '--events', '25', '--seed', '42', '--start', '2026-01-01'];
      const [one, two] = await Promise.all([cli.run([...words, '--dry-run']), cli.run([...words, '--dry-run'])]);
      expect(one.stdout.trimEnd().split('\n')).toHaveLength(25);
      expect(one.stdout).toBe(two.stdout);
      const report = await cli.json([
        'simulate',
        '--devices',
        '5',
        '--events',
        '25',
        '--seed',
        '42',
        '--unpaced',
        '--gzip',
      ]);
      expect(report).toMatchObject({ accepted: 25, rejected: 0, not_taken: 0 });
    },
    TEST_WITHIN_MS,
  );
});

describe('verify', () => {
  it(
    'accepts what listen received, and says what is wrong with what was changed',
    async () => {
      const event = await sent('pump-0019');
      const delivery = listener.records.find(delivered(event));
      const file = path.join(dataDir, 'delivery.json');
      writeFileSync(file, JSON.stringify(delivery));
      await expect(cli.json(['verify', file, '--secret', secret])).resolves.toMatchObject({ valid: true });

      const body = path.join(dataDir, 'body.json');
      const headers = path.join(dataDir, 'headers.txt');
      writeFileSync(body, JSON.stringify(JSON.parse(String(delivery?.['body'])), null, 2));
      writeFileSync(
        headers,
        Object.entries(delivery?.['headers'] as Json)
          .map(([name, value]) => `${name}: ${String(value)}\n`)
          .join(''),
      );
      const { code, stdout } = await cli.run(['verify', '--headers', headers, '--body', body, '--secret', secret]);
      expect(code).toBe(1);
      expect(stdout).toContain('was parsed and written again');
    },
    TEST_WITHIN_MS,
  );
});

describe('deliveries', () => {
  it(
    'are listed within 80 columns, shown with their attempts, and sent again',
    async () => {
      const event = await sent('pump-0020');
      const id = String((await recorded(event))['id']);
      const listed = await cli.run(['deliveries', 'list', '--webhook', webhook]);
      expect(listed.stdout).toContain(id);
      for (const line of listed.stdout.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(80);

      const shown = await cli.run(['deliveries', 'show', id]);
      expect(shown.stdout).toMatch(/✗ {2}1 .*503 after[\s\S]*✓ {2}2 .*delivered \(200\)/);

      const before = listener.records.length;
      const resent = await cli.run(['deliveries', 'resend', id]);
      expect(resent).toMatchObject({ code: 0, stderr: '' });
      await eventually(
        () => {
          if (!listener.records.slice(before).some(delivered(event))) throw new Error('not sent again');
        },
        { withinMs: 30_000 },
      );
      expect(await cli.run(['deliveries', 'resend', 'none'])).toMatchObject({ code: 5 });
    },
    TEST_WITHIN_MS,
  );
});

describe('webhooks', () => {
  it(
    'are made, changed, rolled, tried, disabled, enabled and deleted',
    async () => {
      const { url } = await listener.found(({ kind }) => kind === 'listening');
      const made = await cli.json([
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
      expect((await list(search, 'webhooks')).map((one) => one['prn'])).toEqual([prn]);

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
      const changed = await cli.json(['webhooks', 'update', own, ...settings, '--event', 'device.updated']);
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
      const reset = await cli.json(['webhooks', 'update', own, ...back, '--no-headers', '--no-events']);
      expect(reset['webhook']).toMatchObject({
        timeout_ms: null,
        rate_per_second: null,
        header_names: [],
        has_basic_auth: false,
        filter: null,
        enabled_events: [],
      });

      const rolled = await cli.json(['webhooks', 'roll-secret', own, '--overlap', '1m']);
      expect((rolled['webhook'] as Json)['secret']).not.toBe(first);
      await world.configurationArrived();
      const fired = await cli.json(['webhooks', 'test-fire', own, '--wait', '30s']);
      expect(fired['delivery']).toMatchObject({ status: 'delivered', event_type: 'webhook.test_fire' });

      expect(await cli.json(['webhooks', 'disable', own])).toMatchObject({ webhook: { state: 'disabled' } });
      const enabled = await cli.json(['webhooks', 'enable', own, '--resume-from', 'bookmark']);
      expect(enabled).toMatchObject({ webhook: { state: 'enabled' }, replay_prn: expect.stringContaining(':replay:') });
      expect((await cli.run(['webhooks', 'get', own])).stdout).toContain(`${String(url)}other`);

      expect(await cli.run(['webhooks', 'delete', own])).toMatchObject({ code: 2, stdout: '' });
      expect(await cli.json(['webhooks', 'delete', own, '--yes'])).toEqual({ deleted: prn });
      expect(await cli.run(['webhooks', 'get', own])).toMatchObject({ code: 5, stdout: '' });
    },
    TEST_WITHIN_MS,
  );
});

describe('replay', () => {
  it(
    'counts, sends, is steered and listed',
    async () => {
      await Promise.all([sent('pump-0021'), sent('pump-0022'), sent('pump-0023')]);
      const dry = await cli.json(['replay', 'create', webhook, '--since', '10m', '--dry-run']);
      const { progress } = dry['replay'] as { progress: Json };
      expect(progress['matched']).toBeGreaterThanOrEqual(3);

      const done = await cli.run(['replay', 'create', webhook, '--since', '10m', '--rate', '5000']);
      expect(done).toMatchObject({ code: 0 });
      expect(done.stdout).toContain(
        `completed: ${String(progress['matched'])} matched, ${String(progress['matched'])} sent`,
      );

      const slow = await cli.json(['replay', 'create', webhook, '--since', '10m', '--rate', '1', '--no-wait']);
      const id = String((slow['replay'] as Json)['prn']).slice(-36);
      for (const [verb, state] of [
        ['pause', 'paused'],
        ['resume', 'running'],
        ['cancel', 'cancelled'],
      ] as const)
        expect(await cli.json(['replay', verb, id])).toMatchObject({ replay: { state } });
      expect((await cli.run(['replay', 'show', id])).stdout).toContain('cancelled');
      expect((await list(['replay', 'list', '--webhook', webhook], 'replays')).map(({ state }) => state)).toEqual(
        expect.arrayContaining(['cancelled', 'completed']),
      );
    },
    TEST_WITHIN_MS,
  );
});

describe('dead', () => {
  it(
    'deliveries are listed, counted and sent again',
    async () => {
      await using failing = cli.follow([
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
      await world.configurationArrived();
      await cli.json(['events', 'send', '--type', 'device.disconnected', '--device', 'pump-0024']);
      await failing.found(({ status }) => status === 503);
      await cli.json(['webhooks', 'disable', String(prn)]);
      const dead = await eventually(
        async () => {
          const found = await list(['dead', 'list', '--webhook', String(prn)], 'deliveries');
          if (found.length === 0) throw new Error('nothing was given up');
          return found;
        },
        { withinMs: 45_000 },
      );
      expect(dead[0]).toMatchObject({ detail: 'dead', dead_reason: 'webhook_disabled' });
      const counted = await list(['dead', 'list', '--count'], 'counts');
      expect(counted).toContainEqual(
        expect.objectContaining({ webhook_prn: prn, reason: 'webhook_disabled', count: 1 }),
      );
      const dry = await cli.json(['dead', 'redrive', '--webhook', String(prn), '--since', '10m', '--dry-run']);
      expect(dry).toMatchObject({ replay: { state: 'completed', progress: { matched: 1 } } });
      const refused = await cli.run(['dead', 'redrive', String(dead[0]?.['id'])]);
      expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('not sent again') });

      await cli.json(['webhooks', 'enable', String(prn)]);
      const redriven = await cli.json(['dead', 'redrive', '--webhook', String(prn), '--since', '10m']);
      expect(redriven).toMatchObject({ replay: { state: 'completed', progress: { sent: 1 } } });
      expect(await failing.end()).toBe(0);
      // With its receiver.
      expect(await cli.run(['webhooks', 'get', String(prn)])).toMatchObject({ code: 5 });
    },
    TEST_WITHIN_MS,
  );
});

describe('keys and event-types', () => {
  it(
    'a key is made, may do no more than it may, and is revoked',
    async () => {
      const made = await cli.json(['keys', 'create', 'reader', '--scope', 'read', '--expires-in', '1h']);
      const { prn, key } = made['api_key'] as Json;
      const reader = new Cli({ ...cli.environment, FLEETHOOK_API_KEY: String(key) });
      expect((await reader.run(['keys', 'list'])).stdout).toContain('reader');
      const refused = await reader.run(['webhooks', 'disable', webhook, '--json']);
      expect(refused).toMatchObject({ code: 4, stdout: '' });
      expect(JSON.parse(refused.stderr)).toMatchObject({ error: { kind: 'unauthorized', status: 403 } });
      await cli.json(['keys', 'revoke', String(prn).slice(-36)]);
      expect(await reader.run(['keys', 'list'])).toMatchObject({ code: 4, stdout: '' });
    },
    TEST_WITHIN_MS,
  );

  it(
    'a type of events is registered, listed, shown and removed',
    async () => {
      const schema = '{"type":"object","required":["door"],"properties":{"door":{"type":"integer"}}}';
      const words = ['event-types', 'register', 'door.opened', '--description', 'A door', '--schema', schema];
      const bad = await cli.run([...words, '--example', '{"door":"x"}']);
      expect(bad.code).toBe(1);
      expect(bad.stderr).toContain('example: /door must be integer');
      await cli.json([...words, '--example', '{"door":7}']);
      expect((await list(['event-types', 'list', '--source', 'registered'], 'event_types'))[0]).toMatchObject({
        name: 'door.opened',
      });
      expect((await cli.run(['event-types', 'show', 'door.opened'])).stdout).toContain('"door": 7');
      expect(await cli.json(['event-types', 'remove', 'door.opened'])).toEqual({ removed: 'door.opened' });
    },
    TEST_WITHIN_MS,
  );
});

describe('doctor', () => {
  it('is run, or said to be missing', async () => {
    const isBuilt = existsSync('dist/apps/doctor/src/main.js');
    const { code, stdout, stderr } = await cli.run(['doctor', '--', '--help']);
    expect({ code, isRun: stdout !== '', isMissed: stderr.includes('The doctor is not built') }).toEqual({
      code: isBuilt ? 0 : 1,
      isRun: isBuilt,
      isMissed: !isBuilt,
    });
  });
});
