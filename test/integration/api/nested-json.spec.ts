import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Reply } from './api-world.js';
import { WebhookClient } from './webhook-client.js';

/** JSON.parse takes it, JSON.stringify does not; and it is small. */
const LEVELS = 9_000;
const DEEP = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
/** Stands for it in the bodies below. */
const HERE = '<deep>';

let client: WebhookClient;
let webhook: string;

beforeAll(async () => {
  client = await WebhookClient.create();
  webhook = (await client.created({ enabled_events: ['device.connected'], filter: { tags: ['north'] } })).prn;
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
const where = { pointer: '/data/data/a', eq: 1 };
const filter = { where };
const event = (data: unknown): object => ({ type: 'device', data: { type: 'connected', data } });
const replay = (narrowed: object): object => ({ webhook_prn: webhook, from: '2026-01-01T00:00:00Z', filter: narrowed });
const type = { name: 'deep.type', description: 'deep', schema: {}, example: {} };

const tested = (levels: number): Promise<Reply> =>
  client.call('POST', '/filters/test', {
    body: { filter: { where: { ...where, eq: 2 } }, event: event(nested(levels)) },
  });

it.each<[string, string, () => object, string]>([
  ['POST', '/filters/test', () => ({ filter, event: event({ a: HERE }) }), 'event'],
  ['POST', '/filters/test', () => ({ filter, event: { ...event({}), actor_prn: HERE } }), 'event'],
  ['POST', '/filters/test', () => ({ filter: { where: { ...where, eq: HERE } }, event: event({}) }), 'filter.where.eq'],
  ['POST', '/webhooks/{prn}/filter/test', () => ({ event: event({ device: { tags: HERE } }) }), 'event'],
  ['POST', '/webhooks', () => ({ url: client.receiver.url, filter: { where: { and: HERE } } }), 'filter.where.and'],
  ['POST', '/webhooks', () => ({ url: client.receiver.url, headers: HERE }), 'headers'],
  ['PATCH', '/webhooks/{prn}', () => ({ filter: { tags: HERE } }), 'filter.tags'],
  ['POST', '/event-types', () => ({ ...type, schema: { properties: { a: HERE } } }), 'schema'],
  ['POST', '/event-types', () => ({ ...type, example: { a: HERE } }), 'example'],
  ['POST', '/replays', () => replay({ match: { where: { ...where, eq: HERE } } }), 'filter.match.where.eq'],
  ['POST', '/replays', () => replay({ device_prns: HERE }), 'filter.device_prns'],
])('%s %s refuses what is nested without end', async (method, path, body, field) => {
  const text = JSON.stringify(body()).replace(`"${HERE}"`, DEEP);
  const { status, json } = await client.call(method, path.replace('{prn}', webhook), { text });
  expect(status).toBe(422);
  const { errors } = json as { errors: Record<string, string[]> };
  expect(Object.keys(errors).filter((name) => name.startsWith(field))).not.toEqual([]);
});

it('a filter is tested with an event as deep as intake takes it, and no deeper', async () => {
  expect(await tested(62)).toMatchObject({ status: 200, json: { matches: false } });
  expect(await tested(63)).toMatchObject({
    status: 422,
    json: { errors: { event: ['must not be nested deeper than 64 levels'] } },
  });
});
