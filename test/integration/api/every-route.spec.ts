import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import type { Reply } from './api-world.js';
import { madeKey } from './key-client.js';
import { recordedDelivery, type RecordedDelivery } from './recorded-delivery.js';
import { WebhookClient } from './webhook-client.js';

/**
 * One organization never sees another's anything: every route that the app has registered is called with a foreign key. A new route is
 * walked by itself; one with parameters needs a line below that makes what they name.
 */
const operatorKey = randomBytes(24).toString('hex');
let client: WebhookClient;
let foreignKey: string;
let organization: string;
let replay: string;

beforeAll(async () => {
  client = await WebhookClient.create({ OPERATOR_API_KEY: operatorKey });
  foreignKey = await client.world.foreignKey();
  const me = await client.call('GET', '/users/me');
  organization = (me.json as { data: { organization_prn: string } }).data.organization_prn;
  replay = await endedReplay();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

interface Example {
  /** A path of the owner's, parameters filled in. */
  readonly path: string;
  /** A body that the owner could send. */
  readonly body?: unknown;
}

/** Makes what a route's parameters name, anew for every call: some routes delete it. By the route's beginning; the longest that fits. */
const EXAMPLES: Readonly<Record<string, (route: string) => Promise<Example>>> = {
  '/webhooks/:prn': async (route) => ({
    path: route.replace(':prn', (await client.created()).prn),
    body: route === '/webhooks/:prn' ? { description: 'changed' } : undefined,
  }),
  '/webhooks/:prn/deliveries/:id': async (route) => {
    const { webhook, id } = await delivery();
    return { path: route.replace(':prn', webhook).replace(':id', id) };
  },
  '/webhooks/:prn/filter/test': async (route) => ({
    path: route.replace(':prn', (await client.created()).prn),
    body: { event: { type: 'device', data: { type: 'connected', data: {} } } },
  }),
  '/deliveries/:id': async (route) => ({ path: route.replace(':id', (await delivery()).id) }),
  '/events/:prn': async (route) => ({ path: route.replace(':prn', (await delivery()).event) }),
  '/event-types/:name': async (route) => {
    const name = `walk.t${crypto.randomUUID().replaceAll('-', '')}`;
    const body = { name, description: 'walked', schema: {}, example: {} };
    expect((await client.call('POST', '/event-types', { body })).status).toBe(201);
    return { path: route.replace(':name', name), body: { description: 'changed' } };
  },
  '/replays/:prn': (route) => Promise.resolve({ path: route.replace(':prn', replay) }),
  '/api-keys/:prn': async (route) => ({
    path: route.replace(':prn', (await madeKey(client.world, ['read'])).prn),
    body: { name: 'changed' },
  }),
  '/organizations/:prn': (route) =>
    Promise.resolve({ path: route.replace(':prn', organization), body: { name: 'changed' } }),
};

/** For everybody, and with nothing of anybody in them. */
const PUBLIC = [/^\/health(\/|$)/, /^\/metrics$/, /^\/openapi/, /^\/docs/, /^\/$/, /^\/console(\/\*)?$/];
/** Of whoever shows the cookie: see console-session.spec.ts. */
const SESSIONS = /^\/console\/session$/;
/** Whose: the operator's key opens them, and no customer's. */
const OPERATORS = /^\/organizations/;

describe('every route', () => {
  it('is not there for a foreign key, shows nothing of another organization, and changes nothing of it', async () => {
    const routes = walked();
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, url } of routes) {
      const { path, body } = await exampleOf(url);
      const before = await everything();
      const reply = await client.call(method, path, { key: foreignKey, ...bodyFor(method, body) });
      const said = `${method} ${url} answered ${reply.status}: ${reply.text}`;
      expect({ said, leaks: leaksIn(reply) }).toEqual({ said, leaks: [] });
      expect({ said, kept: await everything() }).toEqual({ said, kept: before });
      expect({ said, status: reply.status }).toEqual({ said, status: expectedOf(url, reply.status) });
    }
  });

  it('is there for the owner: what the walk names does exist', async () => {
    for (const { method, url } of walked()) {
      if (!url.includes(':') || method !== 'GET') continue;
      const { path } = await exampleOf(url);
      const reply = await client.call(method, path, OPERATORS.test(url) ? { key: operatorKey } : {});
      expect({ url, status: reply.status }).toEqual({ url, status: 200 });
    }
  });

  it('answers 401 to a stranger, and to a key that was revoked or has expired', async () => {
    const revoked = await madeKey(client.world, ['read', 'configure', 'publish', 'replay']);
    const expired = await madeKey(client.world, ['read', 'configure', 'publish', 'replay']);
    await client.call('DELETE', `/api-keys/${revoked.prn}`);
    await client.world.database.query('UPDATE api_keys SET expires_at = now() WHERE prn = $1', [expired.prn]);
    for (const { method, url } of walked()) {
      const { path, body } = await exampleOf(url);
      for (const key of [undefined, 'fhk_nobody', revoked.key, expired.key]) {
        const reply = await client.call(method, path, { key, ...bodyFor(method, body) });
        expect({ method, url, status: reply.status }).toEqual({ method, url, status: 401 });
      }
    }
  });
});

function walked(): { method: string; url: string }[] {
  return [...client.world.routes.values()].filter(
    ({ method, url }) =>
      method !== 'HEAD' && method !== 'OPTIONS' && ![...PUBLIC, SESSIONS].some((route) => route.test(url)),
  );
}

async function exampleOf(url: string): Promise<Example> {
  if (!url.includes(':')) return { path: url };
  const [longest] = Object.keys(EXAMPLES)
    .filter((beginning) => url === beginning || url.startsWith(`${beginning}/`))
    .toSorted((left, right) => right.length - left.length);
  const make = longest === undefined ? undefined : EXAMPLES[longest];
  const example = await make?.(url);
  if (example === undefined || example.path.includes('/:'))
    throw new Error(`${url} is a route whose parameters this test cannot fill in: add it to EXAMPLES`);
  return example;
}

function bodyFor(method: string, body: unknown): { body?: unknown } {
  return method === 'GET' || method === 'DELETE' || body === undefined ? {} : { body };
}

/** Nothing that is named in a path is there. Else: a list or a new thing of their own, or a refusal of what was asked for. */
function expectedOf(url: string, status: number): number {
  if (url.includes(':') || OPERATORS.test(url)) return 404;
  return status < 500 && status !== 401 ? status : 200;
}

/** What a reply says of the organization that is not the caller's. */
function leaksIn({ text, headers }: Reply): string[] {
  const all = `${text} ${JSON.stringify(headers)}`;
  return [organization.slice(-36), client.receiver.url].filter((secret) => all.includes(secret));
}

/** The owner's rows of every table that has an owner. */
async function everything(): Promise<unknown> {
  const tables = await client.world.database.query<{ table: string }>(
    `SELECT table_name AS table FROM information_schema.columns
     WHERE column_name = 'organization_prn' AND table_schema = 'public' ORDER BY table_name`,
  );
  const rows = tables.map(({ table }) =>
    client.world.database.query(`SELECT t::text FROM ${table} t WHERE organization_prn = $1 ORDER BY 1`, [
      organization,
    ]),
  );
  return Promise.all([
    ...rows,
    client.world.database.query('SELECT o::text FROM organizations o WHERE prn = $1', [organization]),
  ]);
}

async function delivery(): Promise<RecordedDelivery & { webhook: string }> {
  const webhook = (await client.created()).prn as Prn<'webhook'>;
  return { webhook, ...(await recordedDelivery(client.world, webhook)) };
}

/** Ended, so that it is as it was unless somebody changes it. */
async function endedReplay(): Promise<string> {
  const { prn } = await client.created({ enabled_events: ['device.connected'] });
  const from = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
  const made = await client.call('POST', '/replays', { body: { webhook_prn: prn, from, dry_run: true } });
  const { replay: counting } = made.json as { replay: { prn: string } };
  await eventually(
    async () => {
      const reply = await client.call('GET', `/replays/${counting.prn}`);
      expect(reply.json).toMatchObject({ replay: { state: 'completed' } });
    },
    { withinMs: 30_000 },
  );
  return counting.prn;
}
