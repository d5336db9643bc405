import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import type { Prn } from '@fleethook/events';
import { setUpTopics } from '@fleethook/kafka';
import { encodeAttempt, encodeEvent, retryTopic, TOPICS } from '@fleethook/messages';
import { BreakerQueries } from '@fleethook/store';
import { attemptMessage, eventMessage } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { ApiWorld } from './api-world.js';
import { ConsoleClient } from './console-client.js';
import { WebhookClient } from './webhook-client.js';
import { plainKafka } from '../../support/plain-kafka.js';

interface Pipeline {
  generated_at: string;
  past_due_seconds: number | null;
  tiers: { tier: string; waiting: number; past_due_seconds: number }[] | null;
  lag: { group: string; topic: string; partitions: number; records: number }[] | null;
  open_breakers: number | null;
  history_lag_seconds: number | null;
}

const WITHIN = { withinMs: 30_000 };
/** Due as soon as it is appended: what waits there is past due. */
const AT_ONCE = retryTopic(1);
const IN_AN_HOUR = retryTopic(3_600_000);

let client: WebhookClient;
let admin: Admin;

beforeAll(async () => {
  client = await WebhookClient.create();
  const { connection, context } = client.world.kafka;
  await setUpTopics(connection, [TOPICS.dead, AT_ONCE, IN_AN_HOUR], context);
  admin = plainKafka(services().kafkaBrokers).admin();
  await admin.connect();
});

afterAll(async () => {
  await admin.disconnect();
  await client[Symbol.asyncDispose]();
});

async function pipeline(key = client.world.key): Promise<Pipeline> {
  const reply = await client.call('GET', '/pipeline', { key });
  expect(reply).toMatchObject({ status: 200 });
  return (reply.json as { data: Pipeline }).data;
}

async function commitToTheEnd(group: string, topic: string): Promise<void> {
  const { prefix } = client.world.kafka;
  const ends = await admin.fetchTopicOffsets(prefix + topic);
  await admin.setOffsets({
    groupId: prefix + group,
    topic: prefix + topic,
    partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
  });
}

const produce = (topic: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      client.world.kafka.producer.send({ topic, key: String(index), value: '{}', headers: {} }),
    ),
  );

const lagOf = (found: Pipeline, group: string, topic: string) =>
  found.lag?.find((one) => one.group === group && one.topic === topic);

describe('the pipeline', () => {
  it('is read of every group, in every topic that it reads', async () => {
    await eventually(async () => {
      const { lag, tiers } = await pipeline();
      expect(lag?.map(({ group, topic }) => `${group} ${topic}`)).toEqual([
        'router fleet.events',
        'delivery webhook.deliveries',
        'recorder webhook.attempts',
        'recorder webhook.dead',
        'recorder-events fleet.events',
        'api.gone-endpoints webhook.attempts',
      ]);
      expect(lag?.map(({ partitions }) => partitions)).toEqual([12, 24, 12, 6, 12, 12]);
      expect(tiers?.map(({ tier }) => tier)).toEqual(['1ms', '1h']);
    }, WITHIN);
    expect(JSON.stringify(await pipeline())).not.toContain(client.world.kafka.prefix);
  });

  it('lags by what a group has not committed, whether it ever has or not', async () => {
    await commitToTheEnd('recorder-events', TOPICS.events.name);
    const events = Array.from({ length: 5 }, () => eventMessage());
    await Promise.all(
      events.map((event) =>
        client.world.kafka.producer.send({ topic: TOPICS.events.name, ...encodeEvent(event, undefined) }),
      ),
    );
    await eventually(async () => {
      const found = await pipeline();
      for (const group of ['router', 'recorder-events'])
        expect([group, lagOf(found, group, TOPICS.events.name)?.records]).toEqual([group, 5]);
    }, WITHIN);
    await commitToTheEnd('router', TOPICS.events.name);
    await eventually(async () => {
      const found = await pipeline();
      expect(lagOf(found, 'router', TOPICS.events.name)?.records).toBe(0);
      expect(lagOf(found, 'recorder-events', TOPICS.events.name)?.records).toBe(5);
    }, WITHIN);
  });

  it('is past due by what should have been moved on, and by nothing that still has time', async () => {
    await produce(IN_AN_HOUR.name, 4);
    await eventually(async () => {
      const { tiers, past_due_seconds } = await pipeline();
      expect(tiers).toContainEqual({ tier: '1h', waiting: 4, past_due_seconds: 0 });
      expect(past_due_seconds).toBe(0);
    }, WITHIN);
    const producedAtMs = Date.now();
    await produce(AT_ONCE.name, 3);
    const late = await eventually(async () => {
      const found = await pipeline();
      const tier = found.tiers?.find((one) => one.tier === '1ms');
      expect(tier?.waiting).toBe(3);
      expect(tier?.past_due_seconds).toBeGreaterThanOrEqual(3);
      return found;
    }, WITHIN);
    expect(late.past_due_seconds).toBeGreaterThanOrEqual(3);
    expect(late.past_due_seconds).toBeLessThanOrEqual((Date.now() - producedAtMs) / 1_000 + 1);
    // It grows older where it is.
    await eventually(
      async () => expect((await pipeline()).past_due_seconds).toBeGreaterThan(late.past_due_seconds ?? 0),
      WITHIN,
    );
    await commitToTheEnd('delivery-tiers', AT_ONCE.name);
    await eventually(async () => expect((await pipeline()).past_due_seconds).toBe(0), WITHIN);
  });

  it('knows how far the history is behind', async () => {
    expect((await pipeline()).history_lag_seconds).toBe(0);
    const { producer } = client.world.kafka;
    await producer.send({ topic: TOPICS.attempts.name, ...encodeAttempt(attemptMessage()) });
    await eventually(async () => expect((await pipeline()).history_lag_seconds).toBeGreaterThanOrEqual(2), WITHIN);
    await commitToTheEnd('recorder', TOPICS.attempts.name);
    await eventually(async () => expect((await pipeline()).history_lag_seconds).toBe(0), WITHIN);
  });

  it('counts the open breakers of the own organization’s enabled webhooks', async () => {
    const breakers = client.world.app.get(BreakerQueries, { strict: false });
    const prns = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async () => (await client.created()).prn as Prn<'webhook'>),
    );
    const [open, probed, stale, disabled] = prns;
    const atMs = Date.now();
    const opened = (webhook: Prn<'webhook'> | undefined, untilMs: number, lane = 0) =>
      ({ v: 1, webhook: webhook as Prn<'webhook'>, lane, state: 'open', atMs, openUntilMs: untilMs }) as const;
    await breakers.record([
      opened(open, atMs + 30_000),
      opened(open, atMs + 60_000, 1),
      opened(probed, atMs - 1_000),
      opened(stale, atMs - 700_000),
      opened(disabled, atMs + 30_000),
    ]);
    await client.call('PATCH', `/webhooks/${disabled}`, { body: { state: 'disabled' } });
    expect((await pipeline()).open_breakers).toBe(2);
    expect((await pipeline(await client.world.foreignKey())).open_breakers).toBe(0);
    await breakers.record([{ v: 1, webhook: open as Prn<'webhook'>, lane: 0, state: 'closed', atMs: atMs + 1 }]);
    expect((await pipeline()).open_breakers).toBe(2);
    await breakers.record([{ v: 1, webhook: open as Prn<'webhook'>, lane: 1, state: 'closed', atMs: atMs + 1 }]);
    expect((await pipeline()).open_breakers).toBe(1);
  });

  it('needs a key that may read, or a session of one', async () => {
    expect((await client.call('GET', '/pipeline', { key: undefined })).status).toBe(401);
    const session = await ConsoleClient.signIn(client.world);
    expect((await session.call('GET', '/pipeline')).status).toBe(200);
    await client.world.database.query(`UPDATE api_keys SET scopes = '{configure}' WHERE name = 'foreign'`);
    const key = await client.world.foreignKey();
    await client.world.database.query(`UPDATE api_keys SET scopes = '{configure}' WHERE name = 'foreign'`);
    expect((await client.call('GET', '/pipeline', { key })).status).toBe(403);
    expect((await client.call('GET', '/pipeline/stream', { key })).status).toBe(403);
  });
});

describe('with Kafka away', () => {
  it('the pipeline is unknown, everything else is answered, and it is known once Kafka comes', async () => {
    const [broker = ''] = services().kafkaBrokers;
    const [host = '', port = ''] = broker.split(':');
    await using proxy = await TcpProxy.before({ host, port: Number(port) });
    proxy.mode = 'refuse';
    await using world = await ApiWorld.create({
      environment: { KAFKA_BROKERS: `127.0.0.1:${proxy.port}` },
      waitForStart: false,
    });
    await eventually(async () => expect((await world.call('GET', '/users/me')).status).toBe(200), WITHIN);
    const reply = await world.call('GET', '/pipeline');
    expect(reply).toMatchObject({
      status: 200,
      json: {
        data: {
          generated_at: expect.any(String),
          past_due_seconds: null,
          tiers: null,
          lag: null,
          open_breakers: null,
          history_lag_seconds: null,
        },
      },
    });
    expect((await world.call('GET', '/overview')).status).toBe(200);
    proxy.mode = 'pass';
    await eventually(
      async () =>
        expect((await world.call('GET', '/pipeline')).json).toMatchObject({
          data: { past_due_seconds: 0, open_breakers: 0, history_lag_seconds: 0 },
        }),
      WITHIN,
    );
    await world.started;
  });
});
