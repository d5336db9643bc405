import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn, parseEventName } from '@fleethook/events';
import { configKey, TOPICS } from '@fleethook/messages';
import { ConfigView } from '../../../apps/api/src/outbox/config-view.js';
import { eventually } from '../../support/eventually.js';
import { doorOpened, schema } from './event-type-client.js';
import { eventsOf, ReplayClient, type TestEvent } from './replay-client.js';

const name = parseEventName(doorOpened.name);

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** As a producer writes it straight to Kafka. */
async function writtenDirectly(door: unknown): Promise<TestEvent> {
  const prn = newPrn(client.organization, 'event');
  const inserted_at = '2026-01-01T00:00:00Z';
  const value = JSON.stringify({
    version: 1,
    prn,
    type: 'door',
    inserted_at,
    data: { type: 'opened', data: { door } },
  });
  await client.world.kafka.producer.send({ topic: TOPICS.events.name, key: 'x', value, headers: {} });
  return client.event({ prn, name, body: Buffer.from(value) });
}

describe('a replay of events whose type was changed since', () => {
  it('sends what was taken when it came, and nothing that was refused', async () => {
    expect((await client.call('POST', '/event-types', { body: doorOpened })).status).toBe(201);
    const taken = await writtenDirectly(7);
    // Under the name of one that was taken, but not what was taken.
    const other = await writtenDirectly('left');
    await writtenDirectly('front');
    // As the recorder keeps what was taken, and nothing else.
    await client.keepBodies([taken, { ...other, body: taken.body }]);
    const strict = { ...schema, required: ['door', 'code'] };
    const body = { schema: strict, example: { door: 7, code: 'ABC' } };
    expect((await client.call('PATCH', `/event-types/${name}`, { body })).status).toBe(200);
    const key = configKey({ kind: 'event_type', organization: client.organization, name });
    await eventually(() => expect(client.world.app.get(ConfigView).get(key)).toMatchObject({ schema: strict }), {
      withinMs: 20_000,
    });
    const { prn } = await client.replay({ filter: { enabled_events: [name] } });
    expect((await client.reached(prn, 'completed')).progress).toMatchObject({ matched: 1, sent: 1 });
    expect(eventsOf(await client.arrived(prn, 1))).toEqual([taken.prn]);
    expect(client.sent(prn)[0]?.body).toEqual(taken.body);
  });
});
