import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { World } from '../support/world.js';

const ROUNDS = Array.from({ length: 8 }, (_, round) => round);

/** What a client does that makes a change and relies on it with its next call: nothing is waited for in between. */
describe('a change that was answered', () => {
  let world: World;
  let receiver: Receiver;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
    receiver = await Receiver.listen();
  }, 120_000);

  afterAll(async () => {
    await receiver.close();
    await world[Symbol.asyncDispose]();
  });

  it('holds for the next event: a webhook that was created, changed, disabled or deleted', async () => {
    const wanted: string[] = [];
    for (const round of ROUNDS) {
      const webhook = await created(`/new-${round}`, ['device.claimed_release']);
      wanted.push(`/new-${round} ${await posted('claimed_release')}`);
      await changed(webhook, { enabled_events: ['device.disconnected'] });
      wanted.push(`/new-${round} ${await posted('disconnected')}`);
      await changed(webhook, { state: 'disabled' });
      await posted('disconnected');
      await changed(webhook, { state: 'enabled' });
      wanted.push(`/new-${round} ${await posted('disconnected')}`);
      expect((await world.call('DELETE', `/webhooks/${webhook}`)).status).toBe(204);
      await posted('disconnected');
      await arrived(wanted);
    }
    expect(arrivals().toSorted()).toEqual(wanted.toSorted());
  }, 180_000);

  it('holds for the next event: a type that was registered, whose schema was changed, that was removed', async () => {
    for (const round of ROUNDS) {
      const name = `door${round}.opened`;
      const type = {
        description: 'A door',
        schema: { type: 'object', required: ['door'] },
        example: { door: 1, wall: 1 },
      };
      expect((await world.call('POST', '/event-types', { name, ...type })).status).toBe(201);
      expect(await statusOf(`door${round}`, 'opened', { door: 1 })).toBe(202);
      const stricter = { schema: { type: 'object', required: ['wall'] } };
      expect((await world.call('PATCH', `/event-types/${name}`, stricter)).status).toBe(200);
      expect(await statusOf(`door${round}`, 'opened', { door: 1 })).toBe(422);
      expect((await world.call('DELETE', `/event-types/${name}`)).status).toBe(204);
      expect(await statusOf(`door${round}`, 'opened', { wall: 1 })).toBe(422);
    }
  }, 120_000);

  it('holds for the next event: an API key that was made, and revoked', async () => {
    for (const round of ROUNDS) {
      const body = { name: `key ${round}`, scopes: ['publish'] };
      const made = await world.call<{ api_key: { prn: string; key: string } }>('POST', '/api-keys', body);
      expect(made.status).toBe(201);
      const { prn, key } = made.body.api_key;
      expect(await statusOf('device', 'disconnected', await payload(), key)).toBe(202);
      expect((await world.call('DELETE', `/api-keys/${prn}`)).status).toBe(204);
      expect(await statusOf('device', 'disconnected', await payload(), key)).toBe(401);
    }
  }, 120_000);

  async function created(path: string, events: readonly string[]): Promise<string> {
    const body = { url: new URL(path, receiver.url).href, enabled_events: events };
    const reply = await world.call<{ webhook: { prn: string } }>('POST', '/webhooks', body);
    expect(reply.status).toBe(201);
    return reply.body.webhook.prn;
  }

  async function changed(webhook: string, change: object): Promise<void> {
    expect((await world.call('PATCH', `/webhooks/${webhook}`, change)).status).toBe(200);
  }

  async function posted(subtype: string): Promise<string> {
    const reply = await send('device', subtype, await payload(), world.apiKey);
    expect(reply.status).toBe(202);
    return ((await reply.json()) as { events: { prn: string }[] }).events[0]?.prn ?? '';
  }

  async function statusOf(type: string, subtype: string, data: object, key = world.apiKey): Promise<number> {
    const reply = await send(type, subtype, data, key);
    await reply.text();
    return reply.status;
  }

  function send(type: string, subtype: string, data: object, key: string): Promise<Response> {
    return fetch(`${world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type, data: { type: subtype, data } }),
    });
  }

  async function arrived(wanted: readonly string[]): Promise<void> {
    await eventually(() => expect(arrivals()).toEqual(expect.arrayContaining([...wanted])), {
      withinMs: 20_000,
      explain: () => world.explain(),
    });
  }

  const arrivals = (): string[] =>
    receiver.requests
      .filter(({ headers }) => headers['fleethook-event'] !== 'webhook.test_fire')
      .map(({ path, headers }) => `${path} ${String(headers['webhook-id'])}`);

  /** Of either event. */
  async function payload(): Promise<object> {
    const organization = await world.organization();
    const device = { prn: newPrn(organization, 'device'), identifier: 'pump', cohort: null };
    return { device, release: { prn: newPrn(organization, 'release'), version: '1.0.0' } };
  }
});
