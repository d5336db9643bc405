import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { catalogue, newOrganizationPrn } from '@fleethook/events';
import { configKey } from '@fleethook/messages';
import { EventTypeQueries } from '@fleethook/store';
import { OutboxSweep } from '../../../apps/api/src/outbox/outbox.sweep.js';
import { eventually } from '../../support/eventually.js';
import type { ConfigurationView, Reply } from './api-world.js';
import { WebhookClient, WHOLE_SECONDS } from './webhook-client.js';

jest.setTimeout(60_000);

let client: WebhookClient;
let configuration: ConfigurationView;
let organization: string;

beforeAll(async () => {
  client = await WebhookClient.create();
  configuration = await client.world.configuration();
  const [row] = await client.world.database.query<{ prn: string }>('SELECT prn FROM organizations');
  organization = row?.prn ?? '';
}, 60_000);

afterAll(async () => {
  await configuration[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
}, 30_000);

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['door'],
  properties: { door: { type: 'integer' }, code: { type: 'string', pattern: '^[A-Z]{3}$' } },
};
const doorOpened = { name: 'door.opened', description: 'A door was opened', schema, example: { door: 7, code: 'ABC' } };

interface EventType {
  name: string;
  source: string;
  schema: unknown;
  example: unknown;
}

const register = (body: object): Promise<Reply> => client.call('POST', '/event-types', { body });
const change = (name: string, body: object): Promise<Reply> => client.call('PATCH', `/event-types/${name}`, { body });
const typeOf = (reply: Reply): EventType => (reply.json as { event_type: EventType }).event_type;

async function names(query: string): Promise<string[]> {
  const found: string[] = [];
  for (let page: string | null = ''; page !== null;) {
    const reply = await client.call('GET', `/event-types?limit=3&page=${page}${query}`);
    expect(reply.status).toBe(200);
    const json = reply.json as { event_types: EventType[]; next_page: string | null };
    found.push(...json.event_types.map(({ name }) => name));
    page = json.next_page;
  }
  return found;
}

const messageOf = (name: string) => configuration.messages.get(`${organization}:event_type:${name}`);

describe('registering', () => {
  it('stores a type as it was written, and tells the data plane', async () => {
    const reply = await register({ ...doorOpened, name: ' door.opened ' });
    expect(reply).toMatchObject({
      status: 201,
      json: {
        event_type: {
          ...doorOpened,
          source: 'registered',
          deliverable: true,
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
          updated_at: expect.stringMatching(WHOLE_SECONDS),
        },
      },
    });
    expect(JSON.stringify(typeOf(reply).schema)).toBe(JSON.stringify(schema));
    expect(await client.call('GET', '/event-types/door.opened')).toMatchObject({ status: 200, json: reply.json });
    await eventually(() => expect(messageOf('door.opened')).toMatchObject({ kind: 'event_type', version: 1, schema }), {
      withinMs: 10_000,
    });
  });

  it('reads a hyphen as an underscore', async () => {
    expect(await register({ ...doorOpened, name: 'door.left-open' })).toMatchObject({
      status: 201,
      json: { event_type: { name: 'door.left_open' } },
    });
    expect((await client.call('GET', '/event-types/door.left-open')).status).toBe(200);
    expect(await register({ ...doorOpened, name: 'door.left_open' })).toMatchObject({
      status: 422,
      json: { errors: { name: ['door.left_open is registered already'] } },
    });
  });

  it('says everything that is wrong at once', async () => {
    expect(
      await register({ name: 'Door', description: '', schema: { type: 'nonsense' }, example: [], color: 1 }),
    ).toMatchObject({
      status: 422,
      json: {
        errors: {
          name: [expect.stringContaining('door.opened')],
          description: ['must not be empty'],
          schema: expect.arrayContaining([expect.stringMatching(/^\/type /)]),
          example: ['must be a JSON object'],
          color: ['is not a field of this request'],
        },
      },
    });
    expect(await register({})).toMatchObject({
      status: 422,
      json: {
        errors: {
          name: ['is required'],
          description: ['is required'],
          schema: ['is required'],
          example: ['is required'],
        },
      },
    });
  });

  it.each([...catalogue.keys(), 'device.release-changed'])('refuses %s, which is shipped', async (name) => {
    const reply = await register({ ...doorOpened, name });
    expect(reply).toMatchObject({
      status: 422,
      json: { errors: { name: [expect.stringContaining('is shipped and cannot be registered')] } },
    });
  });

  it.each([
    ['an example that does not fit', { example: { door: 'x', code: 'abc' } }, 'example', '/door must be integer'],
    ['a reference to elsewhere', { schema: { $ref: 'https://example.com/x.json' } }, 'schema', '/$ref must refer to'],
    [
      'a pattern that can take for ever',
      { schema: { pattern: '(?=a)' } },
      'schema',
      '/pattern cannot be matched in linear time',
    ],
    [
      'a schema without bound',
      { schema: { title: 'x'.repeat(33_000) } },
      'schema',
      'the schema has more than 32768 bytes',
    ],
    [
      'an example without bound',
      { example: { door: 1, note: 'x'.repeat(17_000) } },
      'example',
      'must be at most 16384 bytes',
    ],
  ])('refuses %s', async (_what, change, field, message) => {
    const reply = await register({ ...doorOpened, name: 'door.refused', ...change });
    expect(reply.status).toBe(422);
    const { errors } = reply.json as { errors: Record<string, string[]> };
    expect(errors[field]?.join()).toContain(message);
    expect((await client.call('GET', '/event-types/door.refused')).status).toBe(404);
  });

  it.each(['schema', 'example'])('refuses a %s that is nested without end', async (field) => {
    const deep = `${'{"not":'.repeat(6_000)}{}${'}'.repeat(6_000)}`;
    const rest = JSON.stringify({ ...doorOpened, name: 'door.deep', [field]: '@' });
    const reply = await client.call('POST', '/event-types', { text: rest.replace('"@"', deep) });
    expect(reply).toMatchObject({
      status: 422,
      json: { errors: { [field]: [expect.stringContaining('nested deeper')] } },
    });
  });

  it('keeps what would trip a careless store', async () => {
    const odd = JSON.parse('{"__proto__":{"a":1},"b":"\\u0000","c":"\\ud800"}') as object;
    const reply = await register({ ...doorOpened, name: 'door.odd', schema: { default: odd }, example: odd });
    expect(reply.status).toBe(201);
    expect(JSON.stringify(typeOf(await client.call('GET', '/event-types/door.odd')).example)).toBe(JSON.stringify(odd));
  });

  it('stops at a hundred, however many come at once', async () => {
    const before = (await names('&source=registered')).length;
    const replies = await Promise.all(
      Array.from({ length: 105 - before }, (_, n) => register({ ...doorOpened, name: `flood.n${n}` })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(100 - before);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(5);
    await client.world.database.query(`DELETE FROM event_types WHERE name LIKE 'flood.%'`);
  });
});

describe('listing', () => {
  it('has the shipped and the registered ones in the order of their names, page by page', async () => {
    const registered = await names('&source=registered');
    expect(registered).toContain('door.opened');
    const all = [...catalogue.keys(), ...registered].toSorted();
    expect(await names('')).toEqual(all);
    expect(await names('&order=desc')).toEqual(all.toReversed());
    expect(await names('&source=shipped')).toEqual([...catalogue.keys()].toSorted());
    expect(await names('&category=device')).toEqual(all.filter((name) => name.startsWith('device.')));
    expect(await names('&category=door&source=registered')).toEqual(all.filter((name) => name.startsWith('door.')));
  });

  it('shows a shipped one with schema and example', async () => {
    const disconnected = catalogue.get('device.disconnected');
    expect(await client.call('GET', '/event-types/device.disconnected')).toMatchObject({
      status: 200,
      json: {
        event_type: {
          source: 'shipped',
          description: disconnected?.description,
          schema: disconnected?.schema,
          example: disconnected?.example,
          inserted_at: null,
        },
      },
    });
  });

  it.each(['limit=0', 'order=up', 'page=x', 'page=WzEsImEiXQ', 'category=Device', 'source=ours', 'color=red'])(
    'refuses %s on that field',
    async (query) => {
      const reply = await client.call('GET', `/event-types?${query}`);
      expect(reply).toMatchObject({
        status: 422,
        json: { errors: { [query.split('=')[0] ?? '']: [expect.any(String)] } },
      });
    },
  );
});

describe('changing', () => {
  it('changes what is given, and tells the data plane', async () => {
    await register({ ...doorOpened, name: 'door.closed' });
    const wider = { ...schema, required: [] };
    expect(await change('door.closed', { schema: wider })).toMatchObject({
      status: 200,
      json: { event_type: { name: 'door.closed', schema: wider, description: 'A door was opened' } },
    });
    await eventually(() => expect(messageOf('door.closed')).toMatchObject({ version: 2, schema: wider }), {
      withinMs: 10_000,
    });
    expect(await change('door.closed', { description: 'It was closed', example: {} })).toMatchObject({
      status: 200,
      json: { event_type: { description: 'It was closed', example: {} } },
    });
    expect((await change('door.closed', {})).status).toBe(200);
    await eventually(() => expect(messageOf('door.closed')).toMatchObject({ version: 3 }), { withinMs: 10_000 });
  });

  it('refuses an example and a schema that would not fit each other', async () => {
    expect(await change('door.opened', { example: { door: 'x' } })).toMatchObject({
      status: 422,
      json: { errors: { example: ['/door must be integer'] } },
    });
    expect(await change('door.opened', { schema: { required: ['window'] } })).toMatchObject({
      status: 422,
      json: { errors: { schema: ['/window is required'] } },
    });
    expect(await change('door.opened', { name: 'door.shut' })).toMatchObject({
      status: 422,
      json: { errors: { name: ['is not a field of this request'] } },
    });
  });

  it('leaves alone what is shipped, unknown or another’s', async () => {
    expect((await change('device.connected', { description: 'x' })).status).toBe(409);
    expect((await client.call('DELETE', '/event-types/device.connected')).status).toBe(409);
    expect((await change('door.nowhere', { description: 'x' })).status).toBe(404);
    expect((await change('nonsense', { description: 'x' })).status).toBe(404);
    const key = await client.world.foreignKey();
    expect((await client.call('GET', '/event-types/door.opened', { key })).status).toBe(404);
    expect((await client.call('PATCH', '/event-types/door.opened', { key, body: {} })).status).toBe(404);
    expect((await client.call('DELETE', '/event-types/door.opened', { key })).status).toBe(404);
    const list = await client.call('GET', '/event-types?source=registered', { key });
    expect(list.json).toEqual({ event_types: [], next_page: null });
  });
});

describe('webhooks', () => {
  it('subscribe to what their organization registered', async () => {
    const webhook = await client.created({ enabled_events: ['door.opened', 'device.connected', 'door.left-open'] });
    expect(webhook.enabled_events).toEqual(['door.opened', 'device.connected', 'door.left_open']);
    expect(
      await client.call('PATCH', `/webhooks/${webhook.prn}`, {
        body: { enabled_events: ['door.opened', 'door.gone'] },
      }),
    ).toMatchObject({ status: 422, json: { errors: { enabled_events: ['"door.gone" is not an event'] } } });
    const key = await client.world.foreignKey();
    expect(
      await client.call('POST', '/webhooks', { key, body: { url: 'http://x', enabled_events: ['door.opened', 'x'] } }),
    ).toMatchObject({
      status: 422,
      json: {
        errors: {
          url: [expect.any(String)],
          enabled_events: expect.arrayContaining(['"door.opened" is not an event', '"x" is not an event']),
        },
      },
    });
  });

  it('keep a type from being removed, and are named', async () => {
    await register({ ...doorOpened, name: 'door.locked' });
    const webhook = await client.created({ enabled_events: ['door.locked'] });
    await client.call('PATCH', `/webhooks/${webhook.prn}`, { body: { state: 'disabled' } });
    expect(await client.call('DELETE', '/event-types/door.locked')).toMatchObject({
      status: 409,
      json: { errors: { detail: expect.stringContaining(webhook.prn) } },
    });
    await client.call('PATCH', `/webhooks/${webhook.prn}`, { body: { enabled_events: [] } });
    await eventually(() => expect(messageOf('door.locked')).toBeDefined(), { withinMs: 10_000 });
    expect(await client.call('DELETE', '/event-types/door.locked')).toMatchObject({ status: 204, text: '' });
    await eventually(() => expect(messageOf('door.locked')).toBeUndefined(), { withinMs: 10_000 });
    expect((await client.call('DELETE', '/event-types/door.locked')).status).toBe(404);
    expect((await register({ ...doorOpened, name: 'door.locked' })).status).toBe(201);
  });
});

describe('the sweep', () => {
  it('puts right what the topic says of types', async () => {
    const queries = client.world.app.get(EventTypeQueries, { strict: false });
    // Past what is still on its way.
    await client.world.database.query(`UPDATE event_types SET updated_at = now() - interval '1 hour'`);
    await client.world.database.query(`UPDATE event_types SET schema_json = '{}' WHERE name = 'door.opened'`);
    const ghost = { organizationPrn: newOrganizationPrn(), name: catalogueName() };
    await queries.republish(ghost, undefined);
    const sweep = client.world.app.get(OutboxSweep, { strict: false });
    await eventually(
      async () => {
        await sweep.run(() => true);
        expect(messageOf('door.opened')).toMatchObject({ schema: {} });
      },
      { withinMs: 10_000 },
    );
    expect(
      configuration.messages.has(
        configKey({ kind: 'event_type', organization: ghost.organizationPrn, name: ghost.name }),
      ),
    ).toBe(false);
  });
});

function catalogueName() {
  const [first] = catalogue.values();
  if (first === undefined) throw new Error('the catalogue is empty');
  return first.name;
}
