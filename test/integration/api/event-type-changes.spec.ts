import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { catalogue, newOrganizationPrn } from '@fleethook/events';
import { configKey } from '@fleethook/messages';
import { EventTypeQueries } from '@fleethook/store';
import { OutboxSweep } from '../../../apps/api/src/outbox/outbox.sweep.js';
import { after, status } from '../../support/answers.js';
import { eventually } from '../../support/eventually.js';
import { doorOpened, EventTypeClient, schema } from './event-type-client.js';

jest.setTimeout(60_000);

let types: EventTypeClient;

beforeAll(async () => {
  types = await EventTypeClient.create();
  for (const name of ['door.opened', 'door.left_open']) await types.register({ ...doorOpened, name });
});

afterAll(() => types[Symbol.asyncDispose]());

describe('changing', () => {
  it('changes what is given, and tells the data plane', async () => {
    await types.register({ ...doorOpened, name: 'door.closed' });
    const wider = { ...schema, required: [] };
    expect(await types.change('door.closed', { schema: wider })).toMatchObject({
      status: 200,
      json: { event_type: { name: 'door.closed', schema: wider, description: 'A door was opened' } },
    });
    await eventually(() => expect(types.messageOf('door.closed')).toMatchObject({ version: 2, schema: wider }), {
      withinMs: 30_000,
    });
    expect(await types.change('door.closed', { description: 'It was closed', example: {} })).toMatchObject({
      status: 200,
      json: { event_type: { description: 'It was closed', example: {} } },
    });
    expect((await types.change('door.closed', {})).status).toBe(200);
    await eventually(() => expect(types.messageOf('door.closed')).toMatchObject({ version: 3 }), { withinMs: 30_000 });
  });

  it('refuses an example and a schema that would not fit each other', async () => {
    expect(await types.change('door.opened', { example: { door: 'x' } })).toMatchObject({
      status: 422,
      json: { errors: { example: ['/door must be integer'] } },
    });
    expect(await types.change('door.opened', { schema: { required: ['window'] } })).toMatchObject({
      status: 422,
      json: { errors: { schema: ['/window is required'] } },
    });
    expect(await types.change('door.opened', { name: 'door.shut' })).toMatchObject({
      status: 422,
      json: { errors: { name: ['is not a field of this request'] } },
    });
  });

  it('leaves alone what is shipped, unknown or another’s', async () => {
    expect((await types.change('device.connected', { description: 'x' })).status).toBe(409);
    expect((await types.webhooks.call('DELETE', '/event-types/device.connected')).status).toBe(409);
    expect((await types.change('door.nowhere', { description: 'x' })).status).toBe(404);
    expect((await types.change('nonsense', { description: 'x' })).status).toBe(404);
    const key = await types.webhooks.world.foreignKey();
    expect((await types.webhooks.call('GET', '/event-types/door.opened', { key })).status).toBe(404);
    expect((await types.webhooks.call('PATCH', '/event-types/door.opened', { key, body: {} })).status).toBe(404);
    expect((await types.webhooks.call('DELETE', '/event-types/door.opened', { key })).status).toBe(404);
    const list = await types.webhooks.call('GET', '/event-types?source=registered', { key });
    expect(list.json).toEqual({ event_types: [], next_page: null });
  });
});

describe('webhooks', () => {
  it('subscribe to what their organization registered', async () => {
    const webhook = await types.webhooks.created({
      enabled_events: ['door.opened', 'device.connected', 'door.left-open'],
    });
    expect(webhook.enabled_events).toEqual(['door.opened', 'device.connected', 'door.left_open']);
    expect(
      await types.webhooks.call('PATCH', `/webhooks/${webhook.prn}`, {
        body: { enabled_events: ['door.opened', 'door.gone'] },
      }),
    ).toMatchObject({ status: 422, json: { errors: { enabled_events: ['"door.gone" is not an event'] } } });
    const key = await types.webhooks.world.foreignKey();
    expect(
      await types.webhooks.call('POST', '/webhooks', {
        key,
        body: { url: 'http://x', enabled_events: ['door.opened', 'x'] },
      }),
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
    await types.register({ ...doorOpened, name: 'door.locked' });
    const webhook = await types.webhooks.created({ enabled_events: ['door.locked'] });
    await types.webhooks.call('PATCH', `/webhooks/${webhook.prn}`, { body: { state: 'disabled' } });
    expect(await types.webhooks.call('DELETE', '/event-types/door.locked')).toMatchObject({
      status: 409,
      json: { errors: { detail: expect.stringContaining(webhook.prn) } },
    });
    await types.webhooks.call('PATCH', `/webhooks/${webhook.prn}`, { body: { enabled_events: [] } });
    await eventually(() => expect(types.messageOf('door.locked')).toBeDefined(), { withinMs: 30_000 });
    expect(await types.webhooks.call('DELETE', '/event-types/door.locked')).toMatchObject({ status: 204, text: '' });
    await eventually(() => expect(types.messageOf('door.locked')).toBeUndefined(), { withinMs: 30_000 });
    expect((await types.webhooks.call('DELETE', '/event-types/door.locked')).status).toBe(404);
    expect((await types.register({ ...doorOpened, name: 'door.locked' })).status).toBe(201);
  });
});

describe('a type that is removed', () => {
  it.each([
    ['created', 'door.made'],
    ['changed', 'door.changed'],
  ])('while an endpoint is being verified is no event when its webhook is %s', async (what, name) => {
    const { receiver } = types.webhooks;
    const url = new URL(`/slow-${what}`, receiver.url).href;
    await types.register({ ...doorOpened, name });
    const { prn } = await types.webhooks.created();
    receiver.answer(`/slow-${what}`, [after(4_000, status(200))]);
    const body = { url, enabled_events: [name] };
    const asked =
      what === 'created'
        ? types.webhooks.call('POST', '/webhooks', { body })
        : types.webhooks.call('PATCH', `/webhooks/${prn}`, { body });
    await eventually(() => expect(receiver.requests.at(-1)?.path).toBe(`/slow-${what}`), { withinMs: 20_000 });
    expect((await types.webhooks.call('DELETE', `/event-types/${name}`)).status).toBe(204);
    expect(await asked).toMatchObject({
      status: 422,
      json: { errors: { enabled_events: [`"${name}" is not an event`] } },
    });
    const named = await types.webhooks.world.database.query('SELECT 1 FROM webhooks WHERE $1 = ANY(enabled_events)', [
      name,
    ]);
    expect(named).toEqual([]);
  });
});

describe('the sweep', () => {
  it('puts right what the topic says of types', async () => {
    const queries = types.webhooks.world.app.get(EventTypeQueries, { strict: false });
    // Past what is still on its way.
    await types.webhooks.world.database.query(`UPDATE event_types SET updated_at = now() - interval '1 hour'`);
    await types.webhooks.world.database.query(`UPDATE event_types SET schema_json = '{}' WHERE name = 'door.opened'`);
    const ghost = { organizationPrn: newOrganizationPrn(), name: catalogueName() };
    await queries.republish(ghost, undefined);
    const sweep = types.webhooks.world.app.get(OutboxSweep, { strict: false });
    await eventually(
      async () => {
        await sweep.run(() => true);
        expect(types.messageOf('door.opened')).toMatchObject({ schema: {} });
      },
      { withinMs: 30_000 },
    );
    expect(
      types.configuration.messages.has(
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
