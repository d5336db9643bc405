import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { ReplayRunQueries } from '@fleethook/store';
import { ReplayClient, secondsOf, type Replay } from './replay-client.js';

const DAY_MS = 86_400_000;

let client: ReplayClient;
/** Nothing of the log is of this device. */
let filter: { device_prns: string[] };

beforeAll(async () => {
  client = await ReplayClient.create();
  filter = { device_prns: [newPrn(client.organization, 'device')] };
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('replays as a list', () => {
  it('are read page by page, by state and by webhook', async () => {
    const prns: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { prn } = await client.replay({ filter, dry_run: true });
      await client.reached(prn, 'completed');
      prns.push(prn);
    }
    const seen: string[] = [];
    let page: string | null = '';
    while (page !== null && seen.length < 3) {
      const reply = await client.call(
        'GET',
        `/replays?order=desc&limit=2&state=completed&webhook_prn=${client.webhook}&page=${page}`,
      );
      const { replays, next_page } = reply.json as { replays: Replay[]; next_page: string | null };
      seen.push(...replays.map(({ prn }) => prn));
      page = next_page;
    }
    expect(seen.slice(0, 3)).toEqual(prns.toReversed());
    expect(await client.call('GET', '/replays?limit=0&order=up&state=odd&page=x')).toMatchObject({
      status: 422,
      json: {
        errors: {
          limit: [expect.any(String)],
          order: [expect.any(String)],
          state: [expect.any(String)],
          page: [expect.any(String)],
        },
      },
    });
  });

  it('may name a thousand devices', async () => {
    const devices = Array.from({ length: 1_000 }, () => newPrn(client.organization, 'device'));
    const text = JSON.stringify(
      {
        webhook_prn: client.webhook,
        from: secondsOf(Date.now() - 60_000),
        filter: { device_prns: devices },
        dry_run: true,
      },
      undefined,
      2,
    );
    const reply = await client.call('POST', '/replays', { text });
    expect(reply.status).toBe(201);
    expect((reply.json as { replay: Replay }).replay.filter).toMatchObject({ device_prns: devices });
  });

  it('are nobody else’s', async () => {
    const { prn } = await client.replay({ filter, dry_run: true });
    const key = await client.world.foreignKey();
    const from = secondsOf(Date.now() - 60_000);
    const replies = await Promise.all([
      client.call('GET', `/replays/${prn}`, { key }),
      ...['pause', 'resume', 'cancel'].map((action) => client.call('POST', `/replays/${prn}/${action}`, { key })),
      client.call('POST', '/replays', { key, body: { webhook_prn: client.webhook, from } }),
      client.call('GET', '/replays/nonsense'),
      client.call('GET', `/replays/${newPrn(client.organization, 'replay')}`),
    ]);
    for (const reply of replies)
      expect(reply).toMatchObject({ status: 404, json: { errors: { detail: 'Not Found' } } });
    expect((await client.call('GET', '/replays', { key })).json).toEqual({ replays: [], next_page: null });
    await client.world.database.query(
      `UPDATE api_keys SET scopes = '{read,configure,publish}' WHERE organization_prn <> $1`,
      [client.organization],
    );
    for (const path of ['/replays', `/replays/${prn}/pause`, `/deliveries/${crypto.randomUUID()}/resend`])
      expect(await client.call('POST', path, { key })).toMatchObject({
        status: 403,
        json: { errors: { detail: 'The API key lacks the scope replay' } },
      });
  });

  it('do not begin when nothing has happened yet, with or without an end', async () => {
    const from = secondsOf(Date.now() + 40_000);
    for (const to of [undefined, secondsOf(Date.now() + 50_000)]) {
      const body = { webhook_prn: client.webhook, from, to };
      expect(await client.call('POST', '/replays', { body })).toMatchObject({
        status: 422,
        json: { errors: { from: ['must be in the past'] } },
      });
    }
  });

  it('are bounded: an organization has so many open, and no more', async () => {
    await client.world.database.query(
      `INSERT INTO replays SELECT $1 || ':replay:' || gen_random_uuid(), $1, $2, 'log', now(), now(), '{}', 1, true, 'paused',
         NULL, '{}', 0, 0, 0, 0, NULL, NULL, now(), now(), NULL, NULL FROM generate_series(1, 100)`,
      [client.organization, client.webhook],
    );
    const body = { webhook_prn: client.webhook, from: secondsOf(Date.now() - 60_000), dry_run: true };
    expect((await client.call('POST', '/replays', { body })).status).toBe(409);
    const patch = (change: object): ReturnType<typeof client.call> =>
      client.call('PATCH', `/webhooks/${client.webhook}`, { body: change });
    expect((await patch({ state: 'disabled' })).status).toBe(200);
    expect(await patch({ state: 'enabled', resume_from: 'bookmark' })).toMatchObject({
      status: 422,
      json: { errors: { resume_from: [expect.stringContaining('100 have not ended')] } },
    });
    expect(await patch({})).toMatchObject({ json: { webhook: { state: 'disabled' } } });
    expect((await patch({ state: 'enabled', resume_from: 'now' })).status).toBe(200);
    await client.world.database.query(`DELETE FROM replays WHERE state = 'paused'`);
    expect((await client.call('POST', '/replays', { body })).status).toBe(201);
  });

  it('are looked at organization by organization, whoever has asked for the most', async () => {
    const insert = `INSERT INTO replays SELECT $1 || ':replay:' || gen_random_uuid(), $1, $1 || ':webhook:' || gen_random_uuid(),
      'bookmark', now(), now(), '{}', 1, false, 'running', NULL, '{}', 0, 0, 0, 0, NULL, $2::uuid, $3, now(), NULL, NULL
      FROM generate_series(1, $4)`;
    await client.world.foreignKey();
    const [foreign] = await client.world.database.query<{ prn: string }>(
      'SELECT prn FROM organizations WHERE prn <> $1 LIMIT 1',
      [client.organization],
    );
    const runner = crypto.randomUUID();
    // Asked for in an hour, so that the runner of this world leaves them alone.
    await client.world.database.query('UPDATE replays SET ended_at = now(), state = $1 WHERE ended_at IS NULL', [
      'cancelled',
    ]);
    await client.world.database.query(insert, [client.organization, null, inHours(1), 1_200]);
    await client.world.database.query(insert, [foreign?.prn, null, inHours(2), 1]);
    await client.world.database.query(insert, [client.organization, runner, inHours(3), 1]);
    const going = await client.world.app.get(ReplayRunQueries, { strict: false }).going(runner);
    await client.world.database.query('DELETE FROM replays WHERE webhook_prn <> $1', [client.webhook]);
    expect(going).toHaveLength(1_000);
    expect(going.slice(0, 3).map(({ organizationPrn }) => organizationPrn)).toEqual([
      client.organization,
      client.organization,
      foreign?.prn,
    ]);
  });
});

const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);

const ago = (ms: number): string => secondsOf(Date.now() - ms);

describe('what no replay can be made of', () => {
  it.each<[string, Record<string, unknown>, Record<string, string[]>]>([
    ['nothing', {}, { webhook_prn: ['is required'], from: ['is required'] }],
    [
      'everything wrong at once',
      {
        webhook_prn: 'x',
        from: 'yesterday',
        to: 5,
        source: 'sql',
        rate_per_second: 0,
        dry_run: 'yes',
        filter: 3,
        colour: 'red',
      },
      {
        webhook_prn: ['must be the PRN of a webhook'],
        from: ['must be a date-time such as 2026-01-31T12:00:00Z'],
        to: ['must be a date-time'],
        source: ['must be log or failed'],
        rate_per_second: ['must be at least 1'],
        dry_run: ['must be true or false'],
        filter: ['must be an object'],
        colour: ['is not a field of this request'],
      },
    ],
    ['a window that ends before it begins', { from: ago(60_000), to: ago(120_000) }, { to: ['must be after from'] }],
    ['an empty window', { from: ago(60_000), to: ago(60_000) }, { to: ['must be after from'] }],
    [
      'a window in the future',
      { from: ago(-3_600_000), to: ago(-7_200_000) },
      { from: ['must not be in the future'], to: ['must not be in the future'] },
    ],
    [
      'a day that does not exist',
      { from: '2026-02-30T00:00:00Z' },
      { from: [expect.stringContaining('must be a date-time') as never] },
    ],
    [
      'a window older than the log',
      { from: ago(8 * DAY_MS), to: ago(DAY_MS) },
      { from: ['must be within the last 7 days: no more is kept'] },
    ],
    [
      'a window older than the history',
      { from: ago(31 * DAY_MS), source: 'failed' },
      { from: ['must be within the last 30 days: no more is kept'] },
    ],
    ['too high a rate', { from: ago(1_000), rate_per_second: 5_001 }, { rate_per_second: ['must be at most 5000'] }],
    [
      'a filter of another source',
      { from: ago(1_000), filter: { statuses: ['failed'] } },
      { filter: ['statuses and dead_reasons are of the source failed'] },
    ],
    ['no filter', { from: ago(1_000), filter: null }, { filter: ['must be an object'] }],
    ['another source', { from: ago(8 * DAY_MS), source: 'table' }, { source: ['must be log or failed'] }],
    [
      'statuses that are no list',
      { from: ago(1_000), source: 'failed', filter: { statuses: 7, dead_reasons: ['gone'] } },
      { 'filter.statuses': ['must be a list'] },
    ],
    [
      'a filter that is none',
      {
        from: ago(1_000),
        filter: { enabled_events: ['no name'], device_prns: [1], dead_reasons: ['bored'], shape: 1 },
      },
      {
        'filter.enabled_events': ['"no name" is not the name of an event'],
        'filter.device_prns': ['must be PRNs of devices'],
        'filter.dead_reasons': [expect.stringContaining('must be one of') as never],
        'filter.shape': ['is not a field of this request'],
      },
    ],
    [
      'a filter that does not hold together',
      {
        from: ago(1_000),
        filter: { match: { tags: ['north'], weather: 1, where: { and: [{ pointer: '/data', eq: 1 }, { eq: 2 }] } } },
      },
      {
        'filter.match.weather': [expect.any(String) as never],
        'filter.match.where.and.1.pointer': ['is required'],
      },
    ],
    [
      'reasons of what is not dead',
      { from: ago(1_000), source: 'failed', filter: { statuses: ['pending'], dead_reasons: ['gone'] } },
      { filter: ['dead_reasons go with the status failed'] },
    ],
  ])('%s', async (name, body, errors) => {
    const webhook = name === 'nothing' ? {} : { webhook_prn: client.webhook };
    const reply = await client.call('POST', '/replays', { body: { ...webhook, ...body } });
    expect(reply).toMatchObject({ status: 422 });
    expect(reply.json).toEqual({ errors });
  });

  it('a webhook that subscribes to nothing, unless events are named', async () => {
    const created = await client.call('POST', '/webhooks', { body: { url: client.receiver.url } });
    const webhook = (created.json as { webhook: { prn: string } }).webhook.prn;
    const body = { webhook_prn: webhook, from: ago(60_000), dry_run: true };
    expect(await client.call('POST', '/replays', { body })).toMatchObject({
      status: 422,
      json: { errors: { filter: [expect.stringContaining('subscribes to none')] } },
    });
    const named = { ...body, filter: { enabled_events: ['device.connected'] } };
    expect((await client.call('POST', '/replays', { body: named })).status).toBe(201);
  });
});
