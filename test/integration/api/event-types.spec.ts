import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import { doorOpened, EventTypeClient, schema, typeOf } from './event-type-client.js';
import { WHOLE_SECONDS } from './webhook-client.js';

jest.setTimeout(60_000);

let types: EventTypeClient;

beforeAll(async () => {
  types = await EventTypeClient.create();
});

afterAll(() => types[Symbol.asyncDispose]());

describe('registering', () => {
  it('stores a type as it was written, and tells the data plane', async () => {
    const reply = await types.register({ ...doorOpened, name: ' door.opened ' });
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
    expect(await types.webhooks.call('GET', '/event-types/door.opened')).toMatchObject({
      status: 200,
      json: reply.json,
    });
    await eventually(
      () => expect(types.messageOf('door.opened')).toMatchObject({ kind: 'event_type', version: 1, schema }),
      {
        withinMs: 30_000,
      },
    );
  });

  it('reads a hyphen as an underscore', async () => {
    expect(await types.register({ ...doorOpened, name: 'door.left-open' })).toMatchObject({
      status: 201,
      json: { event_type: { name: 'door.left_open' } },
    });
    expect((await types.webhooks.call('GET', '/event-types/door.left-open')).status).toBe(200);
    expect(await types.register({ ...doorOpened, name: 'door.left_open' })).toMatchObject({
      status: 422,
      json: { errors: { name: ['door.left_open is registered already'] } },
    });
  });

  it('says everything that is wrong at once', async () => {
    expect(
      await types.register({ name: 'Door', description: '', schema: { type: 'nonsense' }, example: [], color: 1 }),
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
    expect(await types.register({})).toMatchObject({
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
    const reply = await types.register({ ...doorOpened, name });
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
    const reply = await types.register({ ...doorOpened, name: 'door.refused', ...change });
    expect(reply.status).toBe(422);
    const { errors } = reply.json as { errors: Record<string, string[]> };
    expect(errors[field]?.join()).toContain(message);
    expect((await types.webhooks.call('GET', '/event-types/door.refused')).status).toBe(404);
  });

  it.each(['schema', 'example'])('refuses a %s that is nested without end', async (field) => {
    const deep = `${'{"not":'.repeat(6_000)}{}${'}'.repeat(6_000)}`;
    const rest = JSON.stringify({ ...doorOpened, name: 'door.deep', [field]: '@' });
    const reply = await types.webhooks.call('POST', '/event-types', { text: rest.replace('"@"', deep) });
    expect(reply).toMatchObject({
      status: 422,
      json: { errors: { [field]: [expect.stringContaining('nested deeper')] } },
    });
  });

  it.each(['schema', 'example'])(
    'refuses a %s with half a character, which no event may hold either',
    async (field) => {
      for (const half of [{ note: '\ud83d' }, { '\ude00': 1 }]) {
        const reply = await types.register({ ...doorOpened, name: 'door.half', [field]: half });
        expect(reply.status).toBe(422);
        expect(reply.json).toMatchObject({ errors: { [field]: [expect.stringContaining('surrogate pair')] } });
      }
    },
  );

  it('keeps what would trip a careless store', async () => {
    const odd = JSON.parse('{"__proto__":{"a":1},"b":"\\u0000"}') as object;
    const reply = await types.register({ ...doorOpened, name: 'door.odd', schema: { default: odd }, example: odd });
    expect(reply.status).toBe(201);
    expect(JSON.stringify(typeOf(await types.webhooks.call('GET', '/event-types/door.odd')).example)).toBe(
      JSON.stringify(odd),
    );
  });

  it('stops at a hundred, however many come at once', async () => {
    await types.fillUpTo(95);
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) => types.register({ ...doorOpened, name: `flood.at_once_${n}` })),
    );
    for (const expected of [201, 409]) expect(replies.filter(({ status }) => status === expected)).toHaveLength(5);
    await types.webhooks.world.database.query(`DELETE FROM event_types WHERE name LIKE 'flood.%'`);
  });
});

describe('listing', () => {
  it('has the shipped and the registered ones in the order of their names, page by page', async () => {
    const registered = await types.names('&source=registered');
    expect(registered).toContain('door.opened');
    const all = [...catalogue.keys(), ...registered].toSorted();
    expect(await types.names('')).toEqual(all);
    expect(await types.names('&order=desc')).toEqual(all.toReversed());
    expect(await types.names('&source=shipped')).toEqual([...catalogue.keys()].toSorted());
    expect(await types.names('&category=device')).toEqual(all.filter((name) => name.startsWith('device.')));
    expect(await types.names('&category=door&source=registered')).toEqual(
      all.filter((name) => name.startsWith('door.')),
    );
  });

  it('shows a shipped one with schema and example', async () => {
    const disconnected = catalogue.get('device.disconnected');
    expect(await types.webhooks.call('GET', '/event-types/device.disconnected')).toMatchObject({
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
      const reply = await types.webhooks.call('GET', `/event-types?${query}`);
      expect(reply).toMatchObject({
        status: 422,
        json: { errors: { [query.split('=')[0] ?? '']: [expect.any(String)] } },
      });
    },
  );
});
