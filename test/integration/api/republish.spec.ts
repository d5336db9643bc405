import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAppSettings } from '@fleethook/config';
import { encodeTombstone, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { republishConfiguration, type Republished } from '../../../apps/api/src/maintenance/republish-configuration.js';
import { eventually } from '../../support/eventually.js';
import { Receiver } from '../../support/receiver.js';
import { ApiWorld } from './api-world.js';

let receiver: Receiver;

beforeAll(async () => {
  receiver = await Receiver.listen();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
});

async function created(world: ApiWorld): Promise<string> {
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
  expect(reply.status).toBe(201);
  return (reply.json as { webhook: { prn: string } }).webhook.prn;
}

function republish(world: ApiWorld): Promise<Republished> {
  const settings = readAppSettings('api', {
    ...world.kafka.environment,
    DATABASE_URL: world.database.url,
    SECRETS_KEY: world.secretsKey,
  });
  const log = createLog({ app: 'republish', level: 'silent', format: 'json' });
  return republishConfiguration(settings, { log, metrics: createMetrics() }, 20_000);
}

describe('configuration that is published again', () => {
  it('is what PostgreSQL has: what the topic has lost is there, and what only the topic has is gone', async () => {
    await using world = await ApiWorld.create();
    await using configuration = await world.configuration();
    const [kept, lost, extra] = [await created(world), await created(world), await created(world)];
    await eventually(
      () => expect([...configuration.messages.keys()]).toEqual(expect.arrayContaining([kept, lost, extra])),
      {
        withinMs: 30_000,
      },
    );
    // A topic that somebody has made anew by half, and a backup from before the last webhook.
    await world.kafka.producer.send({ topic: TOPICS.config.name, ...encodeTombstone(lost) });
    await world.database.query('DELETE FROM webhooks WHERE prn = $1', [extra]);

    expect(await republish(world)).toEqual({ webhooks: 2, apiKeys: 1, eventTypes: 0, removed: 1, waiting: 0 });
    await eventually(
      () => {
        expect(configuration.messages.has(extra)).toBe(false);
        expect(configuration.messages.get(lost)).toMatchObject({ kind: 'webhook', state: 'enabled' });
      },
      { withinMs: 30_000 },
    );
    const rows = await world.database.query<{ prn: string; version: number }>('SELECT prn, version FROM webhooks');
    expect(new Map(rows.map(({ prn, version }) => [prn, version]))).toEqual(
      new Map([kept, lost].map((prn) => [prn, configuration.messages.get(prn)?.version])),
    );
  });

  it('of a PostgreSQL from yesterday is taken by those who knew more recent versions', async () => {
    await using world = await ApiWorld.create();
    await using configuration = await world.configuration();
    const prn = await created(world);
    const before = await world.database.query<{ version: number }>('SELECT * FROM webhooks WHERE prn = $1', [prn]);
    for (const state of ['disabled', 'enabled', 'disabled'])
      await world.call('PATCH', `/webhooks/${prn}`, { body: { state } });
    await eventually(() => expect(configuration.messages.get(prn)).toMatchObject({ version: 4, state: 'disabled' }), {
      withinMs: 30_000,
    });
    await world.database.query(
      `UPDATE webhooks SET version = $2, state = 'enabled', disabled_by = NULL, disabled_at = NULL WHERE prn = $1`,
      [prn, before[0]?.version],
    );
    expect(await republish(world)).toMatchObject({ webhooks: 1, waiting: 0 });
    await eventually(() => expect(configuration.messages.get(prn)).toMatchObject({ version: 5, state: 'enabled' }), {
      withinMs: 30_000,
    });
  });
});
