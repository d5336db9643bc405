import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseEventName, type JsonSchema } from '@fleethook/events';
import { configKey, encodeConfig, encodeTombstone, TOPICS, type EventTypeConfig } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { IntakeWorld } from './intake-world.js';

jest.setTimeout(90_000);

const WITHIN = { withinMs: 20_000 };
const DOOR_OPENED = parseEventName('door.opened');

let world: IntakeWorld;
let version = 0;

beforeAll(async () => {
  world = await IntakeWorld.create();
});

afterAll(() => world[Symbol.asyncDispose]());

const typeOf = (schema: JsonSchema): EventTypeConfig => ({
  v: 1,
  kind: 'event_type',
  version: ++version,
  organization: world.organization,
  name: DOOR_OPENED,
  schema,
});

async function register(schema: JsonSchema): Promise<void> {
  await world.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(typeOf(schema)) });
}

interface Answer {
  status: number;
  json: unknown;
}

async function post(data: object): Promise<Answer> {
  const reply = await world.post(JSON.stringify({ type: 'door', data: { type: 'opened', data } }));
  return { status: reply.status, json: await reply.json() };
}

const refused = (errors: object): object => ({ status: 422, json: { rejected: [{ index: 0, errors }] } });

describe('an event of a registered type', () => {
  it('is refused until it is known, then checked by its schema, then by the schema that came after', async () => {
    expect(await post({ door: 7 })).toMatchObject(
      refused({ '/data/type': ['door.opened is not known; register it first'] }),
    );
    await register({ required: ['door'], properties: { door: { type: 'integer' }, code: { pattern: '^[A-Z]{3}$' } } });
    await eventually(async () => expect(await post({ door: 7 })).toMatchObject({ status: 202 }), WITHIN);
    expect(await post({ door: 'front', code: 'abc' })).toMatchObject(
      refused({
        '/data/data/door': ['must be integer'],
        '/data/data/code': ['must match pattern "^[A-Z]{3}$"'],
      }),
    );
    await register({ required: ['window'] });
    await eventually(
      async () => expect(await post({ door: 7 })).toMatchObject(refused({ '/data/data/window': ['is required'] })),
      WITHIN,
    );
  });

  it('is unknown again once its type is removed', async () => {
    await register({});
    await eventually(async () => expect(await post({})).toMatchObject({ status: 202 }), WITHIN);
    await world.kafka.producer.send({ topic: TOPICS.config.name, ...encodeTombstone(configKey(typeOf({}))) });
    await eventually(async () => expect(await post({})).toMatchObject({ status: 422 }), WITHIN);
  });

  // In the topic there may be what no registration would let through.
  it('cannot hold up others, whatever its schema asks for', async () => {
    const twice = { properties: { x: { $ref: '#/$defs/node' } } };
    await register({ $ref: '#/$defs/node', $defs: { node: { anyOf: [twice, twice], required: ['end'] } } });
    let deep: object = {};
    for (let level = 0; level < 50; level++) deep = { x: deep };
    await eventually(
      async () =>
        expect(await post(deep)).toMatchObject(
          refused({ '/data/data': ['takes more work to check against its schema than one event may'] }),
        ),
      WITHIN,
    );
    await register({ properties: { text: { pattern: '^(a+)+$' } } });
    await eventually(
      async () => expect(await post({ text: `${'a'.repeat(200_000)}!` })).toMatchObject({ status: 422 }),
      WITHIN,
    );
    await register({ properties: { text: { pattern: '(?=a)' } } });
    await eventually(
      async () =>
        expect(await post({ text: 'a' })).toMatchObject(
          refused({ '/data/type': [expect.stringContaining('registered with a schema that cannot be used')] }),
        ),
      WITHIN,
    );
    expect((await world.post(JSON.stringify(world.event()))).status).toBe(202);
  });
});
