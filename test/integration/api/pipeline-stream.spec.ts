import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, type Prn } from '@fleethook/events';
import { attemptFact, eventFact, EventWriter, HistoryPartitions, HistoryWriter } from '@fleethook/store';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import { ApiWorld } from './api-world.js';
import { ConsoleClient } from './console-client.js';
import { madeKey } from './key-client.js';
import { StreamClient } from './stream-client.js';

const WITHIN = { withinMs: 20_000 };
const MOST_OF_ORGANIZATION = 10;

let world: ApiWorld;
let organization: Prn<'organization'>;
const clients: StreamClient[] = [];

beforeAll(async () => {
  world = await ApiWorld.create();
  organization = await world.organization();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  await eventually(async () => {
    const open = await openStreams();
    if (open > 0) throw new Error(`${open} streams are open that nobody watches`);
  }, WITHIN);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function watch(headers: Readonly<Record<string, string>>): Promise<StreamClient> {
  const client = await StreamClient.open(world, headers);
  clients.push(client);
  return client;
}

const withKey = (key = world.key) => watch({ authorization: `Token ${key}` });

async function openStreams(): Promise<number> {
  const { text } = await world.call('GET', '/metrics', { key: undefined });
  return Number(/^fleethook_api_streams (\d+)$/m.exec(text)?.[1] ?? 0);
}

describe('the stream of the pipeline', () => {
  it('sends the state at once and again, the last minute, and a sign of life', async () => {
    const partitions = new HistoryPartitions(world.store);
    const options = { nowMs: Date.now(), retentionMs: 86_400_000 };
    const [event, webhook] = [newPrn(organization, 'event'), newPrn(organization, 'webhook')];
    await new EventWriter(world.store, partitions).write([eventFact(eventMessage({ event }))], options);
    const attempts = [
      attemptMessage({ event, webhook }),
      failedAttempt({ webhook, event: newPrn(organization, 'event') }),
    ];
    await new HistoryWriter(world.store, partitions).write(attempts.map(attemptFact), options);
    const client = await withKey();
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'peridio-request-id': expect.any(String),
    });
    await eventually(() => expect(client.named('pipeline').length).toBeGreaterThanOrEqual(3), WITHIN);
    const asked = await world.call('GET', '/pipeline');
    const { data } = asked.json as { data: object };
    for (const { data: sent } of client.named('pipeline'))
      expect(Object.keys(sent as object).toSorted()).toEqual(Object.keys(data).toSorted());
    await eventually(
      () => expect(client.named('overview_tick')[0]?.data).toEqual({ events: 1, succeeded: 1, failed: 1 }),
      WITHIN,
    );
    await eventually(() => expect(client.comments).toBeGreaterThanOrEqual(1), WITHIN);
  });

  it('shows nothing of another organization', async () => {
    const client = await withKey(await world.foreignKey());
    await eventually(() => expect(client.named('overview_tick').length).toBeGreaterThanOrEqual(1), WITHIN);
    expect(client.named('overview_tick')[0]?.data).toEqual({ events: 0, succeeded: 0, failed: 0 });
    expect(JSON.stringify(client.events)).not.toContain(organization.slice(-36));
  });

  it.each([
    ['no key', {}],
    ['a key of nobody', { authorization: 'Token fhk_nobody' }],
    ['a forged cookie', { cookie: `fleethook_session=${'A'.repeat(43)}` }],
  ])('is refused to %s', async (_what, headers) => {
    const client = await watch(headers);
    expect([client.status, client.headers['content-type']]).toEqual([401, 'application/json; charset=utf-8']);
  });

  it('ends when its key is revoked', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    const [client, other] = [await withKey(key), await withKey()];
    await world.call('DELETE', `/api-keys/${prn}`);
    await eventually(() => expect(client.hasEnded).toBe(true), WITHIN);
    expect(other.hasEnded).toBe(false);
  });

  it('ends with the session, and when its key is revoked or may read no more', async () => {
    const { key, prn } = await madeKey(world, ['read']);
    const { key: fading, prn: fadingPrn } = await madeKey(world, ['read']);
    const sessions = [
      await ConsoleClient.signIn(world),
      await ConsoleClient.signIn(world, key),
      await ConsoleClient.signIn(world, fading),
      await ConsoleClient.signIn(world),
    ];
    const streams = await Promise.all(sessions.map(({ cookie }) => watch({ cookie })));
    for (const { status } of streams) expect(status).toBe(200);
    await sessions[0]?.call('DELETE', '/console/session');
    await world.call('DELETE', `/api-keys/${prn}`);
    await world.database.query(`UPDATE api_keys SET scopes = '{configure}' WHERE prn = $1`, [fadingPrn]);
    await eventually(() => expect(streams.map(({ hasEnded }) => hasEnded)).toEqual([true, true, true, false]), WITHIN);
  });

  it('is open so often for one organization and no more, and again when one was left', async () => {
    const open = await Promise.all(Array.from({ length: MOST_OF_ORGANIZATION }, () => withKey()));
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    const refused = await withKey();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect((await withKey(await world.foreignKey())).status).toBe(200);
    open[0]?.[Symbol.dispose]();
    await eventually(async () => expect((await withKey()).status).toBe(200), WITHIN);
  });

  it('is not left open by a request for its head', async () => {
    const client = await StreamClient.open(world, { authorization: `Token ${world.key}` }, 'HEAD');
    expect(client.status).toBe(200);
    expect(await openStreams()).toBe(0);
  });
});

describe('stopping', () => {
  it('ends every stream, and is not held up by any', async () => {
    await using own = await ApiWorld.create();
    // Joining a consumer group cannot be broken off.
    await eventually(async () => expect((await own.call('GET', '/health/ready')).status).toBe(200), WITHIN);
    const client = await StreamClient.open(own, { authorization: `Token ${own.key}` });
    await eventually(() => expect(client.events.length).toBeGreaterThanOrEqual(1), WITHIN);
    await own.stopApp();
    expect(client.hasEnded).toBe(true);
  });
});
