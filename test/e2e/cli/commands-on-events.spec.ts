import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../../support/cli-process.js';
import { eventually } from '../../support/eventually.js';
import { CliWorld, delivered, RECEIVED_TYPE } from './cli-world.js';

let here: CliWorld;

beforeAll(async () => {
  here = await CliWorld.create();
});

afterAll(() => here[Symbol.asyncDispose]());

describe('events', () => {
  it('are sent, received on the second attempt, listed and shown', async () => {
    const event = await here.sent('pump-0017');
    const delivery = await here.recorded(event);
    expect(delivery).toMatchObject({ attempt_count: 2, event_type: RECEIVED_TYPE });
    const attempts = here.listener.records.filter(
      (record) => (record['headers'] as Json | undefined)?.['webhook-id'] === event,
    );
    expect(attempts.map(({ status }) => status)).toEqual([503, 200]);
    expect(attempts.map(({ verification }) => (verification as Json)['valid'])).toEqual([true, true]);

    const listed = await here.list(['events', 'list', '--device', 'pump-0017'], 'events');
    expect(listed.map(({ prn }) => prn)).toEqual([event]);
    const shown = await here.cli.run(['events', 'show', event.slice(-36)]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(String(delivery['id']));
  });

  it('of a file get a result each, with their line, and 1 when one was rejected', async () => {
    const device = `${await here.world.organization()}:device:0194c1a0-0000-7000-8000-000000000001`;
    const good = { type: 'device', data: { type: 'updated', data: { device: { prn: device } } } };
    const { code, stdout, stderr } = await here.cli.run(
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
  });

  it('are followed as they come, until Ctrl-C', async () => {
    await using tail = here.cli.follow([
      'events',
      'tail',
      '--since',
      '1m',
      '--interval',
      '200ms',
      '--device',
      'pump-0018',
    ]);
    const { prn } = await here.cli.json([
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
  });

  it('of a fleet are simulated, the same for the same seed', async () => {
    const words = ['simulate', '--devices', '5', '--events', '25', '--seed', '42', '--start', '2026-01-01'];
    const [one, two] = await Promise.all([
      here.cli.run([...words, '--dry-run']),
      here.cli.run([...words, '--dry-run']),
    ]);
    expect(one.stdout.trimEnd().split('\n')).toHaveLength(25);
    expect(one.stdout).toBe(two.stdout);
    // Nothing for the receiver: it fails every event once, and that many at once would open its breaker.
    const unreceived = ['--auth-failures', '0'];
    const report = await here.cli.json([
      'simulate',
      '--devices',
      '5',
      '--events',
      '25',
      '--seed',
      '42',
      ...unreceived,
      '--unpaced',
      '--gzip',
    ]);
    expect(report).toMatchObject({ accepted: 25, rejected: 0, not_taken: 0 });
  });
});

describe('verify', () => {
  it('accepts what listen received, and says what is wrong with what was changed', async () => {
    const event = await here.sent('pump-0019');
    const delivery = here.listener.records.find(delivered(event));
    const file = path.join(here.dataDir, 'delivery.json');
    writeFileSync(file, JSON.stringify(delivery));
    await expect(here.cli.json(['verify', file, '--secret', here.secret])).resolves.toMatchObject({ valid: true });

    const body = path.join(here.dataDir, 'body.json');
    const headers = path.join(here.dataDir, 'headers.txt');
    writeFileSync(body, JSON.stringify(JSON.parse(String(delivery?.['body'])), null, 2));
    writeFileSync(
      headers,
      Object.entries(delivery?.['headers'] as Json)
        .map(([name, value]) => `${name}: ${String(value)}\n`)
        .join(''),
    );
    const { code, stdout } = await here.cli.run([
      'verify',
      '--headers',
      headers,
      '--body',
      body,
      '--secret',
      here.secret,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('was parsed and written again');
  });
});

describe('deliveries', () => {
  it('are listed within 80 columns, shown with their attempts, and sent again', async () => {
    const event = await here.sent('pump-0020');
    const id = String((await here.recorded(event))['id']);
    const listed = await here.cli.run(['deliveries', 'list', '--webhook', here.webhook]);
    expect(listed.stdout).toContain(id);
    for (const line of listed.stdout.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(80);

    const shown = await here.cli.run(['deliveries', 'show', id]);
    expect(shown.stdout).toMatch(/✗ {2}1 .*503 after[\s\S]*✓ {2}2 .*delivered \(200\)/);

    const before = here.listener.records.length;
    const resent = await here.cli.run(['deliveries', 'resend', id]);
    expect(resent).toMatchObject({ code: 0, stderr: '' });
    await eventually(
      () => {
        if (!here.listener.records.slice(before).some(delivered(event))) throw new Error('not sent again');
      },
      { withinMs: 30_000 },
    );
    expect(await here.cli.run(['deliveries', 'resend', 'none'])).toMatchObject({ code: 5 });
  });
});
