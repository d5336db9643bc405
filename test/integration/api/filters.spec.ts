import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import { blocksRunBy } from '../../support/pages/run-by.js';
import type { Reply } from './api-world.js';
import { WebhookClient, webhookOf, type Webhook } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const REASON = '/data/data/reason';
const failed = {
  type: 'device',
  data: { type: 'authentication_failed', data: catalogue.get('device.authentication_failed')?.example },
};
const filterOf = (webhook: Webhook): unknown => (webhook as Webhook & { filter: unknown }).filter;

describe('the filter of a webhook', () => {
  it('is none unless given, is shown, changed, left alone and taken away', async () => {
    const bare = await client.created();
    expect(filterOf(bare)).toBeNull();
    const filter = { tags: ['north'], where: { not: { pointer: REASON, in: ['jitp_failed', null, 1.5] } } };
    const { prn, ...created } = await client.created({ filter });
    expect(filterOf({ prn, ...created })).toEqual(filter);
    const shown = await client.call('GET', `/webhooks/${prn}`);
    expect(filterOf(webhookOf(shown))).toEqual(filter);

    const patch = async (body: object): Promise<Webhook> => {
      const reply = await client.call('PATCH', `/webhooks/${prn}`, { body: { prn, ...body } });
      expect(reply.status).toBe(200);
      return webhookOf(reply);
    };
    const version = (): Promise<unknown> =>
      client.world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn]);
    const before = await version();
    expect(filterOf(await patch({ filter: structuredClone(filter) }))).toEqual(filter);
    expect(await version()).toEqual(before);
    expect(filterOf(await patch({ description: 'd' }))).toEqual(filter);
    expect(filterOf(await patch({ filter: { devices: ['pump-0017'] } }))).toEqual({ devices: ['pump-0017'] });
    expect(filterOf(await patch({ filter: null }))).toBeNull();
    const rows = await client.world.database.query('SELECT filter FROM webhooks WHERE prn = $1 AND filter IS NULL', [
      prn,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('goes to the data plane with every change', async () => {
    await using view = await client.world.configuration();
    const { prn } = await client.created({ filter: { tags: ['north'] } });
    const told = (): unknown => view.messages.get(prn);
    const within = { withinMs: 30_000 };
    await eventually(() => expect(told()).toMatchObject({ version: 1, filter: { tags: ['north'] } }), within);
    await client.call('PATCH', `/webhooks/${prn}`, { body: { filter: null } });
    await eventually(() => expect(told()).toMatchObject({ version: 2 }), within);
    expect(told()).not.toHaveProperty('filter');
  });

  it('is refused with every place that is wrong', async () => {
    const filter = {
      colour: 'red',
      cohorts: ['production'],
      where: {
        and: [
          { pointer: REASON, eq: 'x' },
          { pointer: 'reason', eq: 'x' },
          { pointer: REASON, gt: null },
        ],
      },
    };
    const errors = {
      'filter.colour': ['is not a part of a filter'],
      'filter.cohorts.0': ['must be the PRN of a cohort, in lower case'],
      'filter.where.and.1.pointer': [expect.stringContaining('JSON pointer')],
      'filter.where.and.2.gt': ['must be a number or a text'],
    };
    const created = await client.call('POST', '/webhooks', { body: { url: client.receiver.url, filter } });
    expect(created).toMatchObject({ status: 422, json: { errors } });
    const { prn } = await client.created();
    const changed = await client.call('PATCH', `/webhooks/${prn}`, { body: { filter, state: 'off' } });
    expect(changed).toMatchObject({ status: 422, json: { errors: { ...errors, state: [expect.any(String)] } } });
    const tested = await client.call('POST', '/filters/test', { body: { filter, event: failed } });
    expect(tested).toMatchObject({ status: 422, json: { errors } });
    const whole = await client.call('PATCH', `/webhooks/${prn}`, { body: { filter: {} } });
    expect(whole).toMatchObject({
      status: 422,
      json: { errors: { filter: [expect.stringContaining('at least one')] } },
    });
  });

  it('is refused rather than changed when it compares with an integer beyond 2^53', async () => {
    const { prn } = await client.created();
    const filter = `{"where":{"not":{"pointer":"${REASON}","eq":9007199254740993}}}`;
    const requests: [string, string, string][] = [
      ['POST', '/webhooks', `{"url":"${client.receiver.url}","filter":${filter}}`],
      ['PATCH', `/webhooks/${prn}`, `{"filter":${filter}}`],
      ['POST', '/filters/test', `{"filter":${filter},"event":${JSON.stringify(failed)}}`],
    ];
    for (const [method, path, text] of requests)
      expect(await client.call(method, path, { text })).toMatchObject({
        status: 422,
        json: { errors: { 'filter.where.not.eq': [expect.stringContaining('beyond 2^53')] } },
      });
  });

  it('is refused however deep it is, without harm', async () => {
    const depth = 6_000;
    const text = `{"filter":{"where":${'{"not":'.repeat(depth)}{"pointer":"/a","exists":true}${'}'.repeat(depth)}}}`;
    const { prn } = await client.created();
    expect(await client.call('PATCH', `/webhooks/${prn}`, { text })).toMatchObject({ status: 422 });
  });
});

function test(body: unknown, key?: string): Promise<Reply> {
  return client.call('POST', '/filters/test', { body, ...(key !== undefined && { key }) });
}

describe('testing a filter', () => {
  it('says whether an event passes, and which clause decided on what', async () => {
    const filter = {
      where: {
        and: [
          { pointer: REASON, prefix: 'device_' },
          { pointer: '/data/data/level', gt: 3 },
        ],
      },
    };
    expect(await test({ filter, event: failed })).toMatchObject({
      status: 200,
      json: {
        matches: false,
        decided_by: { path: 'filter.where.and.1', condition: { pointer: '/data/data/level', gt: 3 } },
        subscribed: null,
      },
    });
    expect(await test({ filter: filter.where.and[0] && { where: filter.where.and[0] }, event: failed })).toMatchObject({
      status: 200,
      json: { matches: true, decided_by: { path: 'filter.where', value: 'device_is_archived' }, subscribed: null },
    });
  });

  it('knows the fields that the intake fills in, and takes an event as the list shows it', async () => {
    const filter = {
      where: {
        and: [
          { pointer: '/version', eq: 1 },
          { pointer: '/inserted_at', exists: true },
        ],
      },
    };
    expect((await test({ filter, event: failed })).json).toMatchObject({ matches: true });
    const listed = {
      ...failed,
      version: 1,
      actor_prn: null,
      resource_prn: null,
      event_subtype: 'authentication_failed',
    };
    expect((await test({ filter, event: listed })).json).toMatchObject({ matches: true });
    const hyphens = { type: 'device', data: { type: 'authentication-failed', data: {} } };
    const named = { where: { pointer: '/data/type', eq: 'authentication_failed' } };
    expect((await test({ filter: named, event: hyphens })).json).toMatchObject({ matches: true });
  });

  it('sees the event that the router would: whole seconds, and names of any kind', async () => {
    const at = { where: { pointer: '/inserted_at', eq: '2026-11-27T00:00:00Z' } };
    for (const inserted_at of ['2026-11-27T00:00:00.900Z', '2026-11-27T00:00:00+00:00'])
      expect((await test({ filter: at, event: { ...failed, inserted_at } })).json).toMatchObject({ matches: true });
    expect(await test({ filter: at, event: { ...failed, inserted_at: 'today' } })).toMatchObject({
      status: 422,
      json: { errors: { 'event.inserted_at': [expect.stringContaining('ISO 8601')] } },
    });
    const proto = { where: { pointer: '/data/data/__proto__/x', eq: 1 } };
    const text = JSON.stringify({ filter: proto, event: failed }).replace(
      '"data":{"type":"authentication_failed","data":{',
      '$&"__proto__":{"x":1},',
    );
    expect((await client.call('POST', '/filters/test', { text })).json).toMatchObject({ matches: true });
  });

  it('names what is wrong with the event', async () => {
    const filter = { tags: ['x'] };
    const errorsOf = async (body: object): Promise<unknown> => {
      const reply = await test({ filter, ...body });
      expect(reply.status).toBe(422);
      return (reply.json as { errors: unknown }).errors;
    };
    expect(await errorsOf({})).toEqual({ event: ['is required, or event_prn in its place'] });
    expect(
      await errorsOf({ event: failed, event_prn: `prn:1:${crypto.randomUUID()}:event:${crypto.randomUUID()}` }),
    ).toEqual({ event: ['does not go with event_prn'] });
    expect(await errorsOf({ event_prn: 'x' })).toEqual({ event_prn: ['must be the PRN of an event'] });
    expect(await errorsOf({ event: 'x' })).toEqual({ event: ['must be an event, an object with type and data'] });
    expect(await errorsOf({ event: { type: 7, data: { data: [] }, colour: 'red' } })).toEqual({
      'event.type': ['must be a text'],
      'event.data.type': ['is required'],
      'event.data.data': ['must be an object'],
      'event.colour': ['is not a field of this request'],
    });
    expect(await errorsOf({ event: { ...failed, type: 'De vice' } })).toEqual({
      'event.type': ['makes no name such as device.connected with data.type'],
    });
    const { organization_prn } = await client.created();
    for (const organization of [organization_prn, `prn:1:${crypto.randomUUID()}`])
      expect(await errorsOf({ event_prn: `${organization}:event:${crypto.randomUUID()}` })).toEqual({
        event_prn: ['is not an event of this organization that is still kept'],
      });
  });

  it('of a webhook says beside it whether the webhook would be asked at all', async () => {
    const name = 'device.authentication_failed';
    const { prn } = await client.created({ enabled_events: [name], filter: { tags: ['north'] } });
    const reply = (body: object = { event: failed }) => client.call('POST', `/webhooks/${prn}/filter/test`, { body });
    expect(await reply()).toMatchObject({
      status: 200,
      json: { matches: false, decided_by: { path: 'filter.tags', condition: { tags: ['north'] } }, subscribed: true },
    });
    await client.call('PATCH', `/webhooks/${prn}`, { body: { filter: null, enabled_events: [] } });
    expect(await reply()).toMatchObject({ status: 200, json: { matches: true, decided_by: null, subscribed: false } });
    await client.call('PATCH', `/webhooks/${prn}`, { body: { enabled_events: [name], state: 'disabled' } });
    expect(await reply()).toMatchObject({ json: { subscribed: false } });
    expect(await reply({ event: failed, filter: {} })).toMatchObject({
      status: 422,
      json: { errors: { filter: ['is not a field of this request'] } },
    });
  });

  it("needs a key, and never shows another organization's webhook", async () => {
    const { prn } = await client.created({ filter: { tags: ['north'] } });
    const foreign = await client.world.foreignKey();
    const body = { event: failed };
    expect((await client.call('POST', `/webhooks/${prn}/filter/test`, { body, key: foreign })).status).toBe(404);
    expect((await client.call('POST', `/webhooks/${prn}/filter/test`, { body, key: undefined })).status).toBe(401);
    expect((await test({ filter: { tags: ['x'] }, ...body }, 'fhk_nobody')).status).toBe(401);
  });
});

describe('docs/filters.md', () => {
  const examples = blocksRunBy('test/integration/api/filters.spec.ts').map(
    ({ text }) => JSON.parse(text) as { request: object; reply: object },
  );

  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  it.each(examples)('says what the API answers, example %#', async ({ request, reply }) => {
    const answer = await client.call('POST', '/filters/test', { body: request });
    expect(answer).toMatchObject({ status: 200, json: reply });
    expect(answer.json).toEqual(reply);
  });
});
