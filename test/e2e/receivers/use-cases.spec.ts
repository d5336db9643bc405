import { createServer, type Server } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, type Prn } from '@fleethook/events';
import { certificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { RunningProcess } from '../../support/running-process.js';
import { World } from '../../support/world.js';

const START_MS = 60_000;
const ARRIVAL_MS = 30_000;
const MAX_LINES = 100;

const USE_CASES = [
  'authentication-tickets',
  'chat-alert',
  'connections-dashboard',
  'update-compliance',
  'warehouse-loader',
];

/** A system of the receiver's own, which takes what a use case posts. */
class Taker implements AsyncDisposable {
  readonly taken: unknown[] = [];
  private constructor(private readonly server: Server) {}

  /** @param refusals what it answers first, with `retry-after: 1` */
  static async listen(refusals: number[] = []): Promise<Taker> {
    const server = createServer();
    const taker = new Taker(server);
    server.on('request', (request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const refusal = refusals.shift();
        if (refusal === undefined) taker.taken.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        else response.setHeader('retry-after', '1');
        response.writeHead(refusal ?? 200).end();
      })();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return taker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

describe('use cases', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleethook-use-cases-'));
  let world: World;
  let organization: Prn<'organization'>;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
    organization = await world.organization();
    // As `npm start` leaves them in its data folder.
    const { key, cert } = (await certificates()).server;
    const facts = { apiUrl: world.app('api').url, apiKey: world.apiKey };
    writeFileSync(path.join(folder, 'standalone.json'), JSON.stringify(facts));
    writeFileSync(path.join(folder, 'demo.json'), JSON.stringify({ key, certificate: cert }));
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(name: string, settings: Record<string, string> = {}): Promise<RunningProcess> {
    const command = [process.execPath, `docs/use-cases/${name}.mjs`] as const;
    const useCase = new RunningProcess(name, command, { FLEETHOOK_DATA_DIR: folder, ...settings });
    await useCase.says(/Ctrl-C ends it/, START_MS);
    await world.configurationArrived();
    return useCase;
  }

  /** @returns the event's PRN */
  async function publish(
    type: string,
    device: string,
    data: object = {},
    prn = newPrn(organization, 'event'),
    envelope: object = {},
  ) {
    const subject = { prn: `${organization}:device:${device}`, identifier: `pump-${device.slice(-4)}`, cohort: null };
    const payload = { device: subject, ip_address: '198.51.100.17', ...data };
    const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'device', prn, data: { type, data: payload }, ...envelope }),
    });
    expect([reply.status, await reply.text()]).toMatchObject([202, expect.stringContaining(prn)]);
    return prn;
  }

  const newDevice = (): string => newPrn(organization, 'device').split(':').at(-1) ?? '';
  const explaining = (useCase: RunningProcess) => ({
    withinMs: ARRIVAL_MS,
    explain: () => `${useCase.output}\n${world.explain()}`,
  });

  it.each(USE_CASES)('%s is short', (name) => {
    expect(readFileSync(`docs/use-cases/${name}.mjs`, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(MAX_LINES);
  });

  it('shows who is connected', async () => {
    await using dashboard = await start('connections-dashboard');
    const url = await dashboard.says(/Open (\S+)/, START_MS);
    expect(await (await fetch(url)).text()).toContain('/live');
    const [one, two] = [newDevice(), newDevice()];
    const connection = { certificate: null, ca_certificate: null, route: 'device-api', headers: {} };
    await publish('connected', one, connection);
    await publish('disconnected', one, {}, undefined, { inserted_at: '2026-01-01T00:00:00Z' });
    await publish('connected', two, connection);
    await eventually(async () => {
      const rows = (await (await fetch(`${url}/connections`)).json()) as { prn: string; address: string }[];
      expect(rows).toHaveLength(2);
      expect(rows.find(({ prn }) => prn.endsWith(one))).toMatchObject({ state: 'connected', address: '198.51.100.17' });
    }, explaining(dashboard));
    const live = await fetch(`${url}/live`);
    const first = await live.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value as Uint8Array)).toMatch(/^data: \{"prn":"prn:1:/);
  });

  it('opens one ticket for a device that fails again and again', async () => {
    await using tickets = await Taker.listen();
    await using useCase = await start('authentication-tickets', { TICKETS_URL: tickets.url });
    const [often, seldom] = [newDevice(), newDevice()];
    const failure = { reason: 'unknown_device', certificate: null, ca_certificate: null };
    await publish('authentication_failed', seldom, failure, await publish('authentication_failed', seldom, failure));
    for (let times = 0; times < 5; times++) await publish('authentication_failed', often, failure);
    await useCase.says(/Ticket: /, ARRIVAL_MS);
    await publish('authentication_failed', seldom, failure);
    const third = newDevice();
    for (let times = 0; times < 3; times++) await publish('authentication_failed', third, failure);
    await eventually(() => expect(tickets.taken).toHaveLength(2), explaining(useCase));
    expect(tickets.taken).toMatchObject([
      { subject: `pump-${often.slice(-4)}`, failures: 3, reason: 'unknown_device' },
      { subject: `pump-${third.slice(-4)}`, failures: 3 },
    ]);
    const file = path.join(folder, 'use-cases', 'tickets.ndjson');
    // Written once the ticket system has answered.
    await eventually(() => expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2), explaining(useCase));
  });

  it('records updates so that a change is found', async () => {
    const file = path.join(folder, 'record.ndjson');
    const settings = { RECORD_FILE: file };
    const release = { prn: newPrn(organization, 'release'), version: '1.4.2', known: true };
    const update = { from_release: null, to_release: release, from_bundle: null, to_bundle: null };
    const change = (prn?: Prn<'event'>): Promise<Prn<'event'>> => publish('release_changed', newDevice(), update, prn);
    const verify = async (): Promise<[number | null, string]> => {
      const command = [process.execPath, 'docs/use-cases/update-compliance.mjs', '--verify'] as const;
      await using run = new RunningProcess('--verify', command, { FLEETHOOK_DATA_DIR: folder, ...settings });
      return [await run.end(START_MS), run.output];
    };
    let first: Prn<'event'>;
    {
      await using recorder = await start('update-compliance', settings);
      first = await change();
      await change(first);
      await change();
      await recorder.says(/^2\. pump/m, ARRIVAL_MS);
    }
    {
      await using recorder = await start('update-compliance', settings);
      await change(first);
      await change();
      await recorder.says(/^3\. pump/m, ARRIVAL_MS);
    }
    expect(await verify()).toEqual([0, expect.stringContaining('is whole: 3 entries')]);
    const whole = readFileSync(file, 'utf8');
    const [one = '', two = '', three = ''] = whole.split('\n');
    for (const [changed, fault] of [
      [whole.replace('"to":"1.4.2"', '"to":"1.4.1"'), 'line 1: its content does not have its hash'],
      [`${one}\n${three}\n`, 'line 2: its sequence is 3'],
      [`${one.replace(/"hash":".{64}"/, `"hash":"${'0'.repeat(64)}"`)}\n${two}\n`, 'line 1: its content'],
    ] as const) {
      writeFileSync(file, changed);
      expect(await verify()).toEqual([1, expect.stringContaining(fault)]);
    }
  });

  it('alerts a chat, which may be away, and not for every flap', async () => {
    await using chat = await Taker.listen([429, 503]);
    await using useCase = await start('chat-alert', { CHAT_URL: chat.url, QUIET_SECONDS: '1' });
    const device = newDevice();
    await publish('disconnected', device);
    await eventually(() => expect(chat.taken).toHaveLength(1), explaining(useCase));
    expect(chat.taken).toEqual([{ text: expect.stringMatching(/^pump-.* went offline at \S+Z$/) }]);
    let published = 1;
    await eventually(async () => {
      await publish('disconnected', device);
      published++;
      expect(chat.taken.at(-1)).toEqual({
        text: expect.stringMatching(/\(and \d+ more times since the last alert\)$/),
      });
    }, explaining(useCase));
    expect(chat.taken.length).toBeLessThan(published);
  });

  it('loads every event into one file, once', async () => {
    const warehouse = path.join(folder, 'warehouse');
    const loaded = (): string[] =>
      readdirSync(warehouse, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ndjson'))
        .flatMap((name) => readFileSync(path.join(warehouse, name), 'utf8').trim().split('\n'))
        .map((line) => (JSON.parse(line) as { prn: string }).prn);
    const expectLoaded = (prns: readonly string[], useCase: RunningProcess) =>
      eventually(() => expect(loaded().toSorted()).toEqual([...prns].toSorted()), explaining(useCase));
    const settings = { WAREHOUSE_DIR: warehouse, BATCH_MS: '300' };
    const prns: Prn<'event'>[] = [];
    for (const round of [1, 2]) {
      await using loader = await start('warehouse-loader', settings);
      const earlier = [...prns];
      for (let times = 0; times < 10; times++) prns.push(await publish('disconnected', newDevice()));
      for (const prn of earlier) await publish('disconnected', newDevice(), {}, prn);
      await expectLoaded(prns, loader);
      expect([round, new Set(loaded()).size]).toEqual([round, prns.length]);
    }
  });

  it('leaves no webhook behind', async () => {
    const reply = await world.call<{ webhooks: unknown[] }>('GET', '/webhooks');
    expect(reply.body.webhooks).toEqual([]);
  });
});
