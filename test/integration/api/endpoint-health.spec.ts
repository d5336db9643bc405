import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, type Prn } from '@fleethook/events';
import type { AttemptMessage, BreakerMessage } from '@fleethook/messages';
import { BreakerQueries, MOST_WAITING } from '@fleethook/store';
import { attemptMessage, failedAttempt } from '../../support/facts.js';
import { WebhookClient } from './webhook-client.js';
import { recordHistory } from './recorded-history.js';

const HOUR_MS = 3_600_000;

interface Health {
  webhook_prn: string;
  succeeded_24h: number;
  failed_24h: number;
  success_ratio: number | null;
  bars: { succeeded: number; failed: number }[];
  waiting: number;
  breaker: string | null;
  state: string;
  disabled_by: string | null;
}

let client: WebhookClient;
let organization: Prn<'organization'>;

beforeAll(async () => {
  client = await WebhookClient.create();
  organization = await client.world.organization();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

async function created(): Promise<Prn<'webhook'>> {
  return (await client.created()).prn as Prn<'webhook'>;
}

async function health(webhook: string): Promise<Health> {
  const reply = await client.call('GET', `/webhooks/${webhook}/health`);
  expect(reply).toMatchObject({ status: 200 });
  return (reply.json as { data: Health }).data;
}

const record = (...attempts: AttemptMessage[]): Promise<void> => recordHistory(client.world, { attempts });

function attempt(webhook: Prn<'webhook'>, make: typeof attemptMessage, hoursAgo = 0): AttemptMessage {
  const atMs = Date.now() - hoursAgo * HOUR_MS;
  return make({ webhook, event: newPrn(organization, 'event'), acceptedAtMs: atMs, startedAtMs: atMs });
}

const NOTHING = { succeeded: 0, failed: 0 };

describe('how an endpoint does', () => {
  it('is nothing yet for a new webhook', async () => {
    const webhook = await created();
    expect(await health(webhook)).toEqual({
      webhook_prn: webhook,
      succeeded_24h: 0,
      failed_24h: 0,
      success_ratio: null,
      bars: Array.from({ length: 24 }, () => NOTHING),
      waiting: 0,
      breaker: 'closed',
      state: 'enabled',
      disabled_by: null,
    });
  });

  it('is counted by the hour over a day, one webhook apart from the other', async () => {
    const [webhook, other] = [await created(), await created()];
    await record(
      attempt(webhook, attemptMessage),
      attempt(webhook, attemptMessage),
      attempt(webhook, failedAttempt),
      attempt(webhook, attemptMessage, 5),
      attempt(webhook, failedAttempt, 23),
      attempt(webhook, failedAttempt, 25),
      attempt(other, failedAttempt),
    );
    const found = await health(webhook);
    expect(found).toMatchObject({ succeeded_24h: 3, failed_24h: 2, success_ratio: 0.6 });
    expect(found.bars).toHaveLength(24);
    expect(found.bars.at(-1)).toEqual({ succeeded: 2, failed: 1 });
    expect(found.bars.at(-6)).toEqual({ succeeded: 1, failed: 0 });
    expect(found.bars[0]).toEqual({ succeeded: 0, failed: 1 });
    expect(await health(other)).toMatchObject({ succeeded_24h: 0, failed_24h: 1, success_ratio: 0 });
  });

  it('counts what waits to be tried again, and not what has ended', async () => {
    const webhook = await created();
    const mended = attempt(webhook, failedAttempt);
    const dead = { ...attempt(webhook, failedAttempt), next: { kind: 'dead', reason: 'gone' } as const };
    await record(attempt(webhook, failedAttempt), attempt(webhook, failedAttempt, 48), mended, dead);
    expect((await health(webhook)).waiting).toBe(3);
    await record({ ...mended, attempt: 2, outcome: 'delivered', status: 200, next: { kind: 'none' } });
    expect((await health(webhook)).waiting).toBe(2);
  });

  it('stops counting what waits at a bound', async () => {
    const webhook = await created();
    await record(attempt(webhook, failedAttempt));
    await client.world.database.query(
      `INSERT INTO deliveries (organization, webhook, accepted_at, delivery_id, series, event, name, attempt_count)
       SELECT organization, webhook, accepted_at, gen_random_uuid(), '', event, name, 1 FROM deliveries, generate_series(1, $2)
       WHERE webhook = $1`,
      [webhook.slice(-36), MOST_WAITING + 100],
    );
    expect((await health(webhook)).waiting).toBe(MOST_WAITING);
  });

  it.each<[string, (nowMs: number) => Partial<BreakerMessage>[], string | null]>([
    ['open', (now) => [{ state: 'open', atMs: now, openUntilMs: now + 30_000 }], 'open'],
    [
      'half open when its pause is over',
      (now) => [{ state: 'open', atMs: now - 31_000, openUntilMs: now - 1_000 }],
      'half_open',
    ],
    [
      'unknown when nothing was heard of it for too long',
      (now) => [{ state: 'open', atMs: now - 700_000, openUntilMs: now - 610_000 }],
      null,
    ],
    [
      'closed again',
      (now) => [
        { state: 'open', atMs: now - 40_000, openUntilMs: now + 10_000 },
        { state: 'closed', atMs: now - 5_000 },
      ],
      'closed',
    ],
    [
      'what the latest says, whatever comes last',
      (now) => [
        { state: 'closed', atMs: now - 5_000 },
        { state: 'open', atMs: now - 40_000, openUntilMs: now + 10_000 },
      ],
      'closed',
    ],
    [
      'open while any lane is',
      (now) => [
        { state: 'closed', atMs: now, lane: 1 },
        { state: 'open', atMs: now, openUntilMs: now + 30_000, lane: 2 },
        { state: 'open', atMs: now - 31_000, openUntilMs: now - 1_000, lane: 3 },
      ],
      'open',
    ],
  ])('says that its breaker is %s', async (_what, changes, expected) => {
    const webhook = await created();
    const breakers = client.world.app.get(BreakerQueries, { strict: false });
    for (const change of changes(Date.now()))
      await breakers.record([{ v: 1, webhook, lane: 0, state: 'open', atMs: 0, ...change }]);
    expect((await health(webhook)).breaker).toBe(expected);
  });

  it('does not say for ever what a clock that runs ahead said of its breaker', async () => {
    const webhook = await created();
    await client.world.database.query(
      `INSERT INTO webhook_breakers (webhook_prn, lane, changed_at, open_until) VALUES ($1, 0, '2099-01-01', '2099-01-01')`,
      [webhook],
    );
    await client.world.app.get(BreakerQueries, { strict: false }).prune();
    expect((await health(webhook)).breaker).toBe('closed');
  });

  it('is listed page by page in the order of the webhooks, and says which are disabled', async () => {
    const webhook = await created();
    await client.call('PATCH', `/webhooks/${webhook}`, { body: { state: 'disabled' } });
    const listed = await client.call('GET', '/webhooks?limit=100');
    const wanted = (listed.json as { webhooks: { prn: string }[] }).webhooks.map(({ prn }) => prn);
    const found: Health[] = [];
    for (let page: string | null = ''; page !== null;) {
      const reply = await client.call('GET', `/webhooks/health?limit=3&page=${page}`);
      expect(reply.status).toBe(200);
      const { data, next_page } = reply.json as { data: Health[]; next_page: string | null };
      expect(data.length).toBeLessThanOrEqual(3);
      found.push(...data);
      page = next_page;
    }
    expect(found.map(({ webhook_prn }) => webhook_prn)).toEqual(wanted);
    expect(found.at(-1)).toMatchObject({ webhook_prn: webhook, state: 'disabled', disabled_by: 'user' });
    const newest = await client.call('GET', '/webhooks/health?limit=1&order=desc');
    expect(newest.json).toMatchObject({ data: [{ webhook_prn: webhook }] });
  });

  it('is nobody else’s to see', async () => {
    const webhook = await created();
    await record(attempt(webhook, failedAttempt));
    const key = await client.world.foreignKey();
    expect((await client.call('GET', `/webhooks/${webhook}/health`, { key })).status).toBe(404);
    expect((await client.call('GET', '/webhooks/health', { key })).json).toEqual({ data: [], next_page: null });
    const page = (await client.call('GET', '/webhooks/health?limit=1')).json as { next_page: string };
    const reply = await client.call('GET', `/webhooks/health?page=${page.next_page}`, { key });
    expect(reply).toMatchObject({ status: 422, json: { errors: { page: [expect.any(String)] } } });
  });

  it.each([
    ['?limit=0', ['limit']],
    ['?order=up', ['order']],
    ['?page=nonsense', ['page']],
    ['?since=now', ['since']],
  ])('refuses %s', async (query, fields) => {
    const reply = await client.call('GET', `/webhooks/health${query}`);
    expect(reply.status).toBe(422);
    expect(Object.keys((reply.json as { errors: object }).errors)).toEqual(fields);
  });
});
