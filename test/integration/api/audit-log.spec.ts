import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { encodeAttempt, TOPICS } from '@fleethook/messages';
import type { Prn } from '@fleethook/events';
import { UpkeepJob } from '../../../apps/api/src/upkeep/upkeep.job.js';
import { eventually } from '../../support/eventually.js';
import { attemptMessage } from '../../support/facts.js';
import { madeKey } from './key-client.js';
import { recordedDelivery } from './recorded-delivery.js';
import { WebhookClient, WHOLE_SECONDS } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

interface Entry {
  id: string;
  inserted_at: string;
  actor: string;
  action: string;
  resource_prn: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  request_id: string | null;
}

/** Newest first. */
async function entries(query: Record<string, string>): Promise<Entry[]> {
  const found: Entry[] = [];
  let page: string | null = '';
  while (page !== null) {
    const parameters = new URLSearchParams({ limit: '3', ...query, page });
    const reply = await client.call('GET', `/audit-log?${parameters.toString()}`);
    if (reply.status !== 200) throw new Error(`not listed: ${reply.text}`);
    const { audit_log, next_page } = reply.json as { audit_log: Entry[]; next_page: string | null };
    found.push(...audit_log);
    page = next_page;
  }
  return found;
}

describe('GET /audit-log', () => {
  it('tells every change of a webhook, who made it, and what was before and after', async () => {
    const maker = await madeKey(client.world, ['read', 'configure']);
    const { key } = maker;
    const created = await client.call('POST', '/webhooks', { key, body: { url: client.receiver.url } });
    const { prn } = (created.json as { webhook: { prn: string } }).webhook;
    const patch = (body: object) => client.call('PATCH', `/webhooks/${prn}`, { key, body });
    const updated = await patch({ description: 'new' });
    await patch({ description: 'new' });
    await patch({ state: 'disabled' });
    await patch({ state: 'enabled', description: null });
    await client.call('POST', `/webhooks/${prn}/roll_secret`, { key, body: { webhook_ttl: 60 } });
    const fired = await client.call('POST', `/webhooks/${prn}/test_fire`, { key });
    await client.call('DELETE', `/webhooks/${prn}`, { key });

    const told = (await entries({ resource_prn: prn })).toReversed();
    expect(told.map(({ action }) => action)).toEqual([
      'webhook.created',
      'webhook.updated',
      'webhook.disabled',
      'webhook.enabled',
      'webhook.secret_rolled',
      'webhook.test_fired',
      'webhook.deleted',
    ]);
    expect(new Set(told.map(({ actor }) => actor))).toEqual(new Set([maker.prn]));
    for (const { inserted_at } of told) expect(inserted_at).toMatch(WHOLE_SECONDS);
    const [create, update, disable, enable, roll, fire, remove] = told;
    expect(create).toMatchObject({
      before: null,
      after: { url: client.receiver.url, state: 'enabled', secrets: [{ sealed: '***' }] },
      request_id: created.headers['peridio-request-id'],
    });
    expect(update).toMatchObject({
      before: { description: null },
      after: { description: 'new' },
      request_id: updated.headers['peridio-request-id'],
    });
    expect(disable).toMatchObject({
      before: { state: 'enabled', disabled_by: null },
      after: { state: 'disabled', disabled_by: 'user' },
    });
    expect(enable?.after).toMatchObject({ state: 'enabled', description: null });
    expect(roll).toMatchObject({
      before: { secrets: [{ sealed: '***' }] },
      after: { secrets: [{ sealed: '***', expiresAtMs: expect.any(Number) }, { sealed: '***' }] },
    });
    expect(fire?.after).toEqual({ event_prn: (fired.json as { event: { prn: string } }).event.prn });
    expect(remove).toMatchObject({
      before: { state: 'enabled', secrets: [{ sealed: '***' }, { sealed: '***' }] },
      after: null,
    });
    expect(await entries({ actor: maker.prn, action: 'webhook.deleted' })).toEqual([remove]);
  });

  it('tells the changes of keys without the key, and what the system did by itself', async () => {
    const { prn, key } = await madeKey(client.world, ['read']);
    await client.call('PATCH', `/api-keys/${prn}`, { body: { name: 'renamed' } });
    await client.call('DELETE', `/api-keys/${prn}`);
    const told = await entries({ resource_prn: prn });
    expect(told.map(({ action }) => action)).toEqual(['api_key.revoked', 'api_key.updated', 'api_key.created']);
    expect(told[1]).toMatchObject({ before: { name: 'made' }, after: { name: 'renamed' } });
    expect(told[2]?.after).toMatchObject({ hash: '***', scopes: ['read'] });
    expect(JSON.stringify(told)).not.toContain(key);
    expect((await entries({ actor: 'system' })).map(({ action }) => action)).toEqual([
      'api_key.created',
      'organization.created',
    ]);

    const webhook = (await client.created()).prn as Prn<'webhook'>;
    const gone = attemptMessage({ webhook, outcome: 'gone', status: 410, startedAtMs: Date.now() + 1 });
    await client.world.kafka.producer.send({ ...encodeAttempt(gone), topic: TOPICS.attempts.name });
    await eventually(
      async () =>
        expect(await entries({ resource_prn: webhook, action: 'webhook.disabled' })).toMatchObject([
          { actor: 'system', request_id: null, after: { state: 'disabled', disabled_by: 'gone' } },
        ]),
      { withinMs: 15_000 },
    );
  });

  it('tells the changes of types of events, by their names', async () => {
    const body = { name: 'door.opened', description: 'opened', schema: { type: 'object' }, example: { by: 'a' } };
    const created = await client.call('POST', '/event-types', { body });
    await client.call('PATCH', '/event-types/door.opened', { body: { example: { by: 'b' } } });
    await client.call('PATCH', '/event-types/door.opened', { body: { example: { by: 'b' } } });
    await client.call('DELETE', '/event-types/door.opened');
    const told = await entries({ resource_prn: 'door.opened' });
    expect(told.map(({ action }) => action)).toEqual([
      'event_type.deleted',
      'event_type.updated',
      'event_type.created',
    ]);
    expect(told[0]).toMatchObject({ before: { description: 'opened', example: { by: 'b' } }, after: null });
    expect(told[1]).toMatchObject({ before: { example: { by: 'a' } }, after: { example: { by: 'b' } } });
    expect(told[2]).toMatchObject({
      before: null,
      after: body,
      request_id: created.headers['peridio-request-id'],
    });
  });

  it('tells how replays are steered, also one that enabling a webhook has begun', async () => {
    const { prn } = await client.created({ enabled_events: ['device.connected'] });
    const from = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
    const made = await client.call('POST', '/replays', { body: { webhook_prn: prn, from, rate_per_second: 1 } });
    const replay = (made.json as { replay: { prn: string } }).replay.prn;
    // One that has come to its end cannot be steered any more.
    await client.world.database.query(`UPDATE replays SET state = 'running', ended_at = NULL WHERE prn = $1`, [replay]);
    for (const action of ['pause', 'pause', 'resume', 'cancel', 'cancel'])
      await client.call('POST', `/replays/${replay}/${action}`);
    const told = (await entries({ resource_prn: replay })).toReversed();
    expect(told[0]).toMatchObject({
      action: 'replay.created',
      after: { webhook_prn: prn, source: 'log', from: from.replace('Z', '.000Z'), rate_per_second: 1, dry_run: false },
    });
    expect(told.map(({ action }) => action)).toEqual([
      'replay.created',
      'replay.paused',
      'replay.resumed',
      'replay.cancelled',
    ]);

    for (const state of ['disabled', 'enabled'])
      await client.call('PATCH', `/webhooks/${prn}`, {
        body: { state, ...(state === 'enabled' ? { resume_from: 'bookmark' } : {}) },
      });
    expect((await entries({ action: 'replay.created' }))[0]).toMatchObject({
      after: { webhook_prn: prn, source: 'bookmark' },
    });
  });

  it('tells what was sent again', async () => {
    const webhook = (await client.created()).prn as Prn<'webhook'>;
    const { id, event } = await recordedDelivery(client.world, webhook);
    const reply = await client.call('POST', `/deliveries/${id}/resend`);
    expect(reply.status).toBe(202);
    const { series } = (reply.json as { delivery: { series: string } }).delivery;
    expect(await entries({ resource_prn: id })).toMatchObject([
      { action: 'delivery.resent', before: null, after: { series, webhook_prn: webhook, event_prn: event } },
    ]);
  });

  it('tells what an organization has set itself', async () => {
    const reply = await client.call('PATCH', '/organization', { body: { disable_after: '48h' } });
    await client.call('PATCH', '/organization', { body: { disable_after: '2d' } });
    await client.call('PATCH', '/organization', { body: { disable_after: 'never' } });
    const { prn } = (reply.json as { organization: { prn: string } }).organization;
    expect(await entries({ resource_prn: prn, action: 'organization.updated' })).toMatchObject([
      { before: { disable_after_hours: 48 }, after: { disable_after_hours: null } },
      { before: { disable_after_hours: 72 }, after: { disable_after_hours: 48 } },
    ]);
  });

  it('is narrowed by time, and refuses what is no query of it, naming all of it', async () => {
    await client.created();
    const all = await entries({});
    expect(all.map(({ id }) => Number(id))).toEqual(
      all.map(({ id }) => Number(id)).toSorted((left, right) => right - left),
    );
    expect(await entries({ inserted_at_gte: '2000-01-01T00:00:00Z', inserted_at_lt: '2999-01-01T00:00:00Z' })).toEqual(
      all,
    );
    expect(await entries({ inserted_at_lt: '2000-01-01T00:00:00Z' })).toEqual([]);
    const fieldsOf = async (query: string): Promise<string[]> => {
      const reply = await client.call('GET', `/audit-log?${query}`);
      expect(reply.status).toBe(422);
      return Object.keys((reply.json as { errors: object }).errors).toSorted();
    };
    expect(await fieldsOf('limit=0&action=x&inserted_at_gte=now&inserted_at_lt=later&page=e30&who=me')).toEqual([
      'action',
      'inserted_at_gte',
      'inserted_at_lt',
      'limit',
      'page',
      'who',
    ]);
    expect(await fieldsOf('inserted_at_gte=2026-01-02T00:00:00Z&inserted_at_lt=2026-01-02T00:00:00Z')).toEqual([
      'inserted_at_gte',
    ]);
    // A cursor of another list is none of this one.
    const foreign = Buffer.from(JSON.stringify([1, 'prn:1:x'])).toString('base64url');
    expect(await fieldsOf(`page=${foreign}`)).toEqual(['page']);
  });

  it('walks an index for every filter', async () => {
    await client.world.database.query(
      `INSERT INTO audit_log (inserted_at, organization_prn, actor, action, resource_prn)
       SELECT now() - n * interval '1 second', 'o' || n % 5, 'a' || n % 50, 'x' || n % 20, 'r' || n
       FROM generate_series(1, 50000) n`,
    );
    await client.world.database.query('ANALYZE audit_log');
    for (const condition of ['', `AND resource_prn = 'r7'`, `AND actor = 'a7'`, `AND action = 'x7'`]) {
      const plan = await client.world.database.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT * FROM audit_log WHERE organization_prn = 'o2' ${condition}
         AND (inserted_at, id) < (now(), 5) ORDER BY inserted_at DESC, id DESC LIMIT 11`,
      );
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(text).toContain('Index Scan');
      expect(text).not.toMatch(/Seq Scan|Sort/);
    }
    await client.world.database.query(`DELETE FROM audit_log WHERE resource_prn LIKE 'r%'`);
  });

  it('loses what is older than its retention, and nothing else, also where the clock of a process runs ahead', async () => {
    await client.world.database.query(
      `INSERT INTO audit_log (inserted_at, organization_prn, actor, action, resource_prn)
       SELECT now() - interval '366 days', 'o', 'a', 'old', 'r' FROM generate_series(1, 2500)`,
    );
    const kept = await entries({});
    const ahead = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 400 * 86_400_000);
    await client.world.app.get(UpkeepJob).run();
    ahead.mockRestore();
    const left = await client.world.database.query(`SELECT 1 FROM audit_log WHERE action = 'old'`);
    expect(left).toEqual([]);
    expect(await entries({})).toEqual(kept);
  });
});
