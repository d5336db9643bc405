import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KafkaError, OrderedProducer } from '@fleethook/kafka';
import { newPrn } from '@fleethook/events';
import { encodeConfig, type RecordToSend, type WebhookConfig } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { Outbox } from '@fleethook/store';
import type { EventRelay } from '../../../apps/api/src/outbox/event.relay.js';
import { ConfigPublisher, OutboxRelay } from '../../../apps/api/src/outbox/outbox.relay.js';
import { OutboxSweep } from '../../../apps/api/src/outbox/outbox.sweep.js';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { ApiWorld } from './api-world.js';

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.listen();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
});

interface Created {
  prn: string;
  organization_prn: string;
}

async function createdIn(world: ApiWorld): Promise<Created> {
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
  expect(reply.status).toBe(201);
  return (reply.json as { webhook: Created }).webhook;
}

async function versionsOf(world: ApiWorld): Promise<Map<string, number>> {
  const rows = await world.database.query<{ prn: string; version: number }>('SELECT prn, version FROM webhooks');
  return new Map(rows.map((row) => [row.prn, row.version]));
}

describe('a change', () => {
  it('is in the topic soon after the reply, the API key before it, and a deletion as a tombstone', async () => {
    await using world = await ApiWorld.create();
    await using configuration = await world.configuration();
    const { prn } = await createdIn(world);
    await eventually(() => expect(configuration.messages.get(prn)).toMatchObject({ version: 1, state: 'enabled' }), {
      withinMs: 20_000,
    });
    expect([...configuration.messages.values()].map((message) => message.kind)).toEqual(['api_key', 'webhook']);
    await world.call('PATCH', `/webhooks/${prn}`, {
      body: { state: 'disabled', description: 'not for the data plane' },
    });
    await eventually(() => expect(configuration.messages.get(prn)).toMatchObject({ version: 2, state: 'disabled' }), {
      withinMs: 20_000,
    });
    await world.call('DELETE', `/webhooks/${prn}`);
    await eventually(() => expect(configuration.history.get(prn)).toEqual([1, 2, 'gone']), { withinMs: 20_000 });
    await eventually(async () => expect(await world.database.query('SELECT * FROM outbox')).toEqual([]), {
      withinMs: 20_000,
    });
  });

  it('is never skipped and never overtaken, with many at once through two processes', async () => {
    await using world = await ApiWorld.create();
    await world.startApp();
    await using configuration = await world.configuration();
    const webhooks = await Promise.all(Array.from({ length: 12 }, () => createdIn(world)));
    const rounds = Array.from({ length: 6 }, (_, round) => round);
    await Promise.all(
      webhooks.flatMap(({ prn }) =>
        rounds.map((round) => world.call('PATCH', `/webhooks/${prn}`, { body: { prn, description: String(round) } })),
      ),
    );
    const versions = await versionsOf(world);
    await eventually(
      () => {
        for (const [prn, version] of versions) expect(configuration.messages.get(prn)?.version).toBe(version);
      },
      { withinMs: 20_000 },
    );
    for (const { prn } of webhooks) {
      const seen = configuration.history.get(prn) ?? [];
      const last = versions.get(prn) ?? 0;
      expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    }
  });

  it('does not wait for the sweep, however long that takes', async () => {
    let sweeping = 0;
    const endless = jest.spyOn(OutboxSweep.prototype, 'run').mockImplementation(async (mayGoOn) => {
      sweeping++;
      await eventually(() => expect(mayGoOn()).toBe(false), { withinMs: 60_000 });
      return 0;
    });
    try {
      await using world = await ApiWorld.create();
      await using configuration = await world.configuration();
      await eventually(() => expect(sweeping).toBe(1), { withinMs: 30_000 });
      const { prn } = await createdIn(world);
      await eventually(() => expect(configuration.messages.has(prn)).toBe(true), { withinMs: 30_000 });
      expect(sweeping).toBe(1);
    } finally {
      endless.mockRestore();
    }
  });

  it('goes on when the leader’s session is ended under it', async () => {
    await using world = await ApiWorld.create();
    await world.startApp();
    await using configuration = await world.configuration();
    for (let round = 0; round < 3; round++) {
      const ended = await world.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'fleethook-leader' AND datname = current_database()`,
      );
      expect(ended.length).toBeGreaterThan(0);
      const { prn } = await createdIn(world);
      await eventually(() => expect(configuration.messages.has(prn)).toBe(true), { withinMs: 30_000 });
    }
  });
});

describe('while Kafka is away', () => {
  it('the API serves, and what was changed arrives in order when it is back', async () => {
    const [broker = ''] = services().kafkaBrokers;
    const [host = '', port = ''] = broker.split(':');
    await using proxy = await TcpProxy.before({ host, port: Number(port) });
    proxy.mode = 'refuse';
    await using world = await ApiWorld.create({
      environment: { KAFKA_BROKERS: `127.0.0.1:${proxy.port}` },
      waitForStart: false,
    });
    await eventually(async () => expect((await world.call('GET', '/users/me')).status).toBe(200), { withinMs: 20_000 });
    const { prn } = await createdIn(world);
    await world.call('PATCH', `/webhooks/${prn}`, { body: { state: 'disabled' } });
    expect((await world.call('GET', '/health/ready')).status).toBe(503);
    expect(await world.database.query('SELECT key FROM outbox WHERE key = $1', [prn])).toHaveLength(2);
    proxy.mode = 'pass';
    await world.started;
    await using configuration = await world.configuration();
    await eventually(() => expect(configuration.history.get(prn)?.at(-1)).toBe(2), { withinMs: 20_000 });
    await eventually(async () => expect((await world.call('GET', '/health/ready')).status).toBe(200), {
      withinMs: 20_000,
    });
  });

  it('a publication that fails, before or after it was written, is made again and loses nothing', async () => {
    await using world = await ApiWorld.create();
    const webhooks = await Promise.all(Array.from({ length: 4 }, () => createdIn(world)));
    await eventually(async () => expect(await world.database.query('SELECT * FROM outbox')).toEqual([]), {
      withinMs: 20_000,
    });
    const outbox = world.app.get(Outbox);
    const publisher = new FlakyPublisher();
    const log = createLog({ app: 'test', level: 'silent', format: 'json' });
    const relay = new OutboxRelay(
      outbox,
      { run: () => Promise.resolve(0) } as unknown as OutboxSweep,
      publisher,
      { begin: () => undefined, idle: () => Promise.resolve() } as unknown as EventRelay,
      { databaseUrl: world.database.url, pollIntervalMs: 20, sweepIntervalMs: 60_000 },
      log,
      createMetrics(),
    );
    const webhookUrl = receiver.url;
    const write = async (description: string): Promise<void> => {
      for (const { prn } of webhooks)
        expect(
          (await world.call('PATCH', `/webhooks/${prn}`, { body: { prn, description, url: webhookUrl } })).status,
        ).toBe(200);
    };
    // From here the world's own relay must not lead: its session is held by the flaky one.
    relay.start();
    await world.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'fleethook-leader' AND datname = current_database()`,
    );
    await eventually(
      async () => {
        await write(String(Math.random()));
        expect(publisher.calls).toBeGreaterThan(3);
      },
      { withinMs: 20_000 },
    );
    const versions = await versionsOf(world);
    await eventually(async () => expect(await world.database.query('SELECT * FROM outbox')).toEqual([]), {
      withinMs: 20_000,
    });
    await relay.beforeApplicationShutdown();
    for (const [prn, version] of versions) expect(publisher.written.get(prn)?.at(-1)).toBe(version);
    for (const seen of publisher.written.values()) {
      const distinct = [...new Set(seen)];
      expect(distinct).toEqual(distinct.toSorted((left, right) => left - right));
    }
    expect(publisher.failures).toBeGreaterThan(0);
  });
});

describe('the sweep', () => {
  it('puts right what differs: a stale write, a missing one, one that should not be there, an expired secret', async () => {
    await using world = await ApiWorld.create();
    const [stale, expiring] = [await createdIn(world), await createdIn(world)];
    await world.call('PATCH', `/webhooks/${stale.prn}`, { body: { state: 'disabled' } });
    await world.call('POST', `/webhooks/${expiring.prn}/roll_secret`, { body: { webhook_ttl: 3_600 } });
    await using configuration = await world.configuration();
    await eventually(() => expect(configuration.messages.get(expiring.prn)?.version).toBe(2), { withinMs: 20_000 });
    const latest = configuration.messages.get(stale.prn) as WebhookConfig;
    await world.stopApp();
    const publisher = new OrderedProducer(
      { connection: world.kafka.connection, topic: 'webhook.config' },
      world.kafka.context,
    );
    const ghost = newPrn(latest.organization, 'webhook');
    await publisher.publish([
      // What a paused leader could still write: compaction would keep it, being the last.
      encodeConfig({ ...latest, version: 1, state: 'enabled' }),
      encodeConfig({ ...latest, prn: ghost, version: 9 }),
    ]);
    await publisher.close();
    const longAgo = new Date(Date.now() - 60_000);
    await world.database.query(
      `UPDATE webhooks SET updated_at = $1,
         secrets = CASE WHEN prn = $2 THEN jsonb_set(secrets, '{0,expiresAtMs}', to_jsonb($3::bigint)) ELSE secrets END`,
      [longAgo, expiring.prn, longAgo.getTime()],
    );
    await world.startApp();
    await using fresh = await world.configuration();
    await eventually(
      () => {
        expect(fresh.messages.get(stale.prn)).toMatchObject({ state: 'disabled' });
        // Said anew, after the stale one: otherwise compaction would leave that.
        expect(fresh.messages.get(stale.prn)?.version).toBeGreaterThan(latest.version);
        expect(fresh.messages.has(ghost)).toBe(false);
        expect((fresh.messages.get(expiring.prn) as WebhookConfig).secrets).toHaveLength(1);
      },
      { withinMs: 20_000, explain: () => world.logLines.slice(-5).join('') },
    );
    const [row] = await world.database.query<{ count: number }>(
      'SELECT jsonb_array_length(secrets) AS count FROM webhooks WHERE prn = $1',
      [expiring.prn],
    );
    expect(row?.count).toBe(1);
    // That a secret ends is nothing to be warned of.
    const logged = (event: string): Record<string, unknown>[] =>
      world.logLines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['event'] === event);
    await eventually(
      () => {
        expect(logged('outbox.secrets_expired')).toEqual([expect.objectContaining({ expired: 1 })]);
        const counts = logged('outbox.swept').map(({ republished }) => Number(republished));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
      },
      { withinMs: 20_000 },
    );
  });
});

/** Fails every second call, and every fourth after having written, as a time-out does. */
class FlakyPublisher extends ConfigPublisher {
  readonly written = new Map<string, number[]>();
  calls = 0;
  failures = 0;

  override publish(records: readonly RecordToSend[]): Promise<void> {
    this.calls++;
    if (this.calls % 2 === 1) {
      this.failures++;
      if (this.calls % 4 === 1) this.#write(records);
      return Promise.reject(new KafkaError('KAFKA_UNAVAILABLE', 'as the test has it'));
    }
    this.#write(records);
    return Promise.resolve();
  }

  #write(records: readonly RecordToSend[]): void {
    for (const { key, value } of records) {
      const seen = this.written.get(key) ?? [];
      seen.push((JSON.parse(String(value)) as { version: number }).version);
      this.written.set(key, seen);
    }
  }
}
