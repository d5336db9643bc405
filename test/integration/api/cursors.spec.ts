import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { organizationOf, timestampOf, type Prn } from '@fleethook/events';
import { WebhookQueries } from '@fleethook/store';
import { eventMessage } from '../../support/facts.js';
import { madeKey } from './key-client.js';
import { recordedDelivery } from './recorded-delivery.js';
import { WebhookClient, type Webhook } from './webhook-client.js';

interface Page {
  webhooks: Webhook[];
  next_page: string | null;
}

const operatorKey = randomBytes(24).toString('hex');
let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create({ OPERATOR_API_KEY: operatorKey });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

async function page(query: string, key?: string): Promise<Page> {
  const reply = await client.call('GET', `/webhooks?${query}`, key === undefined ? {} : { key });
  expect(reply.status).toBe(200);
  return reply.json as Page;
}

const remove = (prn: string): Promise<unknown> => client.call('DELETE', `/webhooks/${prn}`);

async function all(order: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const part: Page = await page(`limit=100&order=${order}&page=${next}`);
    found.push(...part.webhooks.map(({ prn }) => prn));
    next = part.next_page;
  }
  return found;
}

describe('a cursor', () => {
  it('stays right while webhooks are added and deleted: what was there all along is shown once, in order', async () => {
    for (let made = 0; made < 8; made++) await client.created();
    const step = fc.constantFrom('next', 'next', 'add', 'delete the last shown', 'delete one to come');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { minLength: 2, maxLength: 8 }),
        async (order, limit, steps) => {
          const before = await all(order);
          const [deleted, added] = [new Set<string>(), new Set<string>()];
          const shown: string[] = [];
          const cursor: { next: string | null } = { next: '' };
          const advance = async (): Promise<void> => {
            if (cursor.next === null) return;
            const part = await page(`limit=${limit}&order=${order}&page=${cursor.next}`);
            shown.push(...part.webhooks.map(({ prn }) => prn));
            cursor.next = part.next_page;
          };
          const drop = async (prn: string | undefined): Promise<void> => {
            if (prn === undefined || deleted.has(prn)) return;
            deleted.add(prn);
            await remove(prn);
          };
          for (const what of steps) {
            if (what === 'next') await advance();
            else if (what === 'add') added.add((await client.created()).prn);
            else if (what === 'delete the last shown') await drop(shown.at(-1));
            else await drop(before.findLast((prn) => !shown.includes(prn) && !deleted.has(prn)));
          }
          while (cursor.next !== null) await advance();
          expect(new Set(shown).size).toBe(shown.length);
          const kept = before.filter((prn) => !deleted.has(prn));
          expect(shown.filter((prn) => kept.includes(prn))).toEqual(kept);
          expect(shown.filter((prn) => !before.includes(prn) && !added.has(prn))).toEqual([]);
          for (let missing = 8 - kept.length; missing > 0; missing--) await client.created();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('is good for its own query only, with pages of any size', async () => {
    for (let made = 0; made < 3; made++) await client.created({ description: 'cursor' });
    const search = new URLSearchParams({ search: "description:'cursor'" }).toString();
    const { next_page: next } = await page(`limit=1&order=desc&${search}`);
    const rest = await page(`limit=100&order=desc&${search}&page=${next}`);
    expect(rest.webhooks).toHaveLength(2);
    const others = [
      `limit=1&order=asc&${search}&page=${next}`,
      `limit=1&order=desc&page=${next}`,
      `limit=1&order=desc&${new URLSearchParams({ search: "description:'other'" }).toString()}&page=${next}`,
      `limit=1&order=desc&${search}&page=${next?.slice(0, -1)}`,
      `limit=1&order=desc&${search}&page=${Buffer.from('[1,"a"]').toString('base64url')}`,
    ];
    for (const query of others) {
      const reply = await client.call('GET', `/webhooks?${query}`);
      expect([query, reply.status, reply.json]).toEqual([query, 422, { errors: { page: [expect.any(String)] } }]);
    }
    const key = await client.world.foreignKey();
    expect(await client.call('GET', `/webhooks?limit=1&order=desc&${search}&page=${next}`, { key })).toMatchObject({
      status: 422,
      json: { errors: { page: [expect.any(String)] } },
    });
  });
});

interface List {
  readonly path: string;
  /** Further parameters, of which each makes it another list. */
  readonly others: readonly string[];
  readonly key?: string;
}

/** Every list of the API, with two entries at least. */
async function lists(): Promise<List[]> {
  const [webhook, other] = [await subscribed(), await subscribed()];
  const message = eventMessage({ organization: organizationOf(webhook) });
  await recordedDelivery(client.world, webhook, message);
  await recordedDelivery(client.world, webhook);
  await recordedDelivery(client.world, other, message);
  const from = timestampOf(Date.now() - 60_000);
  for (let made = 0; made < 2; made++) {
    const body = { name: `two.number_${made}`, description: 'two', schema: {}, example: {} };
    await client.call('POST', '/event-types', { body });
    await client.call('POST', '/replays', { body: { webhook_prn: webhook, from, dry_run: true } });
    await client.call('POST', '/organizations', { key: operatorKey, body: { name: 'two' } });
    await madeKey(client.world, ['read']);
    const gone = await subscribed();
    const later = new Date(Date.now() + 1);
    await client.world.app.get(WebhookQueries).disable(gone, { by: 'gone', asOf: later }, later);
  }
  return [
    { path: '/webhooks', others: ['order=desc', `search=${encodeURIComponent("description~'a'")}`] },
    { path: '/events', others: ['order=desc', 'type=device', 'tag=a'] },
    { path: '/deliveries', others: ['status=delivered', 'type=device.connected', `device_prn=${deviceOf(message)}`] },
    { path: `/webhooks/${webhook}/deliveries`, others: ['status=delivered', 'outcome=delivered'] },
    { path: `/events/${message.event}/deliveries`, others: ['outcome=delivered'] },
    { path: '/event-types', others: ['order=desc', 'source=registered', 'category=two'] },
    { path: '/replays', others: ['order=desc', 'state=paused', `webhook_prn=${webhook}`] },
    { path: '/warnings', others: ['kind=disabled', `webhook_prn=${webhook}`] },
    { path: '/api-keys', others: ['order=desc'] },
    { path: '/audit-log', others: ['action=webhook.created', 'actor=system'] },
    { path: '/organizations', others: ['order=desc'], key: operatorKey },
  ];
}

function deviceOf({ body }: { body: Buffer }): string {
  const { data } = JSON.parse(body.toString('utf8')) as { data: { data: { device: { prn: string } } } };
  return data.data.device.prn;
}

async function subscribed(): Promise<Prn<'webhook'>> {
  return (await client.created({ enabled_events: ['device.connected'] })).prn as Prn<'webhook'>;
}

it('of every list a cursor is good for that list only, as it was asked for', async () => {
  const listed = [];
  const foreign = await client.world.foreignKey();
  for (const list of await lists()) {
    const key = list.key ?? client.world.key;
    const first = await client.call('GET', `${list.path}?limit=1`, { key });
    const { next_page: next } = first.json as { next_page: string };
    listed.push({ ...list, key, next });
    const second = await client.call('GET', `${list.path}?limit=1&page=${next}`, { key });
    expect([list.path, second.status, typeof next]).toEqual([list.path, 200, 'string']);
    expect([list.path, second.text]).not.toEqual([list.path, first.text]);
    for (const other of list.others) await refused(`${list.path}?${other}&page=${next}`, key);
    if (list.path.split('/').length === 2 && list.key === undefined)
      await refused(`${list.path}?page=${next}`, foreign);
  }
  for (const { path, key } of listed)
    for (const { next } of listed.filter((other) => other.path !== path)) await refused(`${path}?page=${next}`, key);
});

/** As somebody might write one for the list of `cursor`: its digest is the list's, all else is of their making. */
function altered(cursor: string, { atMs, id, series }: { atMs: number; id: string; series: string | null }): string {
  const [, , , digest] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
  return Buffer.from(JSON.stringify([atMs, id, series, digest])).toString('base64url');
}

it('whatever a cursor of the list is made to say, the list answers, or refuses it as none of its own', async () => {
  const place = fc.record({
    atMs: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
    id: fc.oneof(
      fc.constantFrom('a', 'a:b', '9'.repeat(19), 'f'.repeat(36), `${crypto.randomUUID()}:`),
      fc.uuid(),
      fc.tuple(fc.uuid(), fc.uuid()).map((both) => both.join(':')),
      fc.stringMatching(/^[a-z0-9:_.-]{1,132}$/),
    ),
    series: fc.option(fc.oneof(fc.uuid(), fc.stringMatching(/^[ -~]{0,20}$/))),
  });
  const none = { errors: { page: [expect.any(String)] } };
  for (const { path, others, key = client.world.key } of await lists())
    for (const query of ['', ...others.map((other) => `&${other}`)]) {
      const list = `${path}?limit=1${query}`;
      const { next_page: next } = (await client.call('GET', list, { key })).json as { next_page: string | null };
      if (next === null) continue;
      const property = fc.asyncProperty(place, async (said) => {
        const { status, json } = await client.call('GET', `${list}&page=${altered(next, said)}`, { key });
        const expected = status === 200 ? [list, 200, json] : [list, 422, none];
        expect([list, status, json]).toEqual(expected);
      });
      await fc.assert(property, { numRuns: 15 });
    }
});

async function refused(path: string, key: string): Promise<void> {
  const { status, json } = await client.call('GET', path, { key });
  expect([path, status, json]).toEqual([path, 422, { errors: { page: [expect.any(String)] } }]);
}
