import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { World } from '../support/world.js';

const ROUNDS = Array.from({ length: 8 }, (_, round) => round);

/**
 * Nobody tells the API that a process knows of a change: the reply waits for as long as that mostly takes. On a machine that is busy with
 * something else it is not always enough; without the wait, hardly any change of a type or a key was known.
 */
const MOSTLY = 0.5;
/** Of webhooks the wait itself is looked at as well: a router often knows of one before the event reaches it, wait or not. */
const LEAST_WAIT_MS = 150;

/** The path of a webhook that was there before, for all events that are posted. */
const ALL = '/all';

/** What a client does that makes a change and relies on it with its next call: nothing is waited for in between. */
describe('a change that was answered', () => {
  let world: World;
  let receiver: Receiver;
  let postedCount = 0;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
    receiver = await Receiver.listen();
  });

  afterAll(async () => {
    await receiver.close();
    await world[Symbol.asyncDispose]();
  });

  it('mostly holds for the next event: a webhook that was created, changed, disabled or deleted', async () => {
    await world.createWebhook(receiver, ALL, ['device.claimed_release', 'device.disconnected']);
    const wanted: string[] = [];
    const unwanted: string[] = [];
    for (const round of ROUNDS) {
      const path = `/new-${round}`;
      const webhook = await created(path, ['device.claimed_release']);
      wanted.push(`${path} ${await posted('claimed_release')}`);
      await changed(webhook, { enabled_events: ['device.disconnected'] });
      wanted.push(`${path} ${await posted('disconnected')}`);
      await changed(webhook, { state: 'disabled' });
      unwanted.push(`${path} ${await posted('disconnected')}`);
      await changed(webhook, { state: 'enabled' });
      wanted.push(`${path} ${await posted('disconnected')}`);
      await settled(wanted);
      expect((await world.call('DELETE', `/webhooks/${webhook}`)).status).toBe(204);
      unwanted.push(`${path} ${await posted('disconnected')}`);
    }
    mostly([
      ...wanted.map((arrival) => arrivals().includes(arrival)),
      ...unwanted.map((arrival) => !arrivals().includes(arrival)),
    ]);
  });

  it('mostly holds for the next event: a type that was registered, whose schema was changed, that was removed', async () => {
    const held: boolean[] = [];
    for (const round of ROUNDS) {
      const name = `door${round}.opened`;
      const type = {
        description: 'A door',
        schema: { type: 'object', required: ['door'] },
        example: { door: 1, wall: 1 },
      };
      expect((await world.call('POST', '/event-types', { name, ...type })).status).toBe(201);
      held.push((await statusOf(`door${round}`, 'opened', { door: 1 })) === 202);
      const stricter = { schema: { type: 'object', required: ['wall'] } };
      expect((await world.call('PATCH', `/event-types/${name}`, stricter)).status).toBe(200);
      held.push((await statusOf(`door${round}`, 'opened', { door: 1 })) === 422);
      expect((await world.call('DELETE', `/event-types/${name}`)).status).toBe(204);
      held.push((await statusOf(`door${round}`, 'opened', { wall: 1 })) === 422);
    }
    mostly(held);
  });

  it('mostly holds for the next event: an API key that was made, and revoked', async () => {
    const held: boolean[] = [];
    for (const round of ROUNDS) {
      const body = { name: `key ${round}`, scopes: ['publish'] };
      const made = await world.call<{ api_key: { prn: string; key: string } }>('POST', '/api-keys', body);
      expect(made.status).toBe(201);
      const { prn, key } = made.body.api_key;
      held.push((await statusOf('device', 'disconnected', await payload(), key)) === 202);
      expect((await world.call('DELETE', `/api-keys/${prn}`)).status).toBe(204);
      held.push((await statusOf('device', 'disconnected', await payload(), key)) === 401);
    }
    mostly(held);
  });

  function mostly(held: readonly boolean[]): void {
    const share = held.filter(Boolean).length / held.length;
    if (share < MOSTLY) throw new Error(`${held.map(Number).join('')}: ${share}\n\n${world.explain()}`);
  }

  async function created(path: string, events: readonly string[]): Promise<string> {
    const body = { url: new URL(path, receiver.url).href, enabled_events: events };
    const reply = await world.call<{ webhook: { prn: string } }>('POST', '/webhooks', body);
    expect(reply.status).toBe(201);
    return reply.body.webhook.prn;
  }

  async function changed(webhook: string, change: object): Promise<void> {
    const startedAtMs = performance.now();
    expect((await world.call('PATCH', `/webhooks/${webhook}`, change)).status).toBe(200);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(LEAST_WAIT_MS);
  }

  async function posted(subtype: string): Promise<string> {
    const reply = await send('device', subtype, await payload(), world.apiKey);
    expect(reply.status).toBe(202);
    postedCount++;
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

  /** What was posted has been routed; what will arrive of it has, or hardly ever will. */
  async function settled(wanted: readonly string[]): Promise<void> {
    await eventually(() => expect(routed().size).toBe(postedCount), {
      withinMs: 30_000,
      explain: () => world.explain(),
    });
    const allCame = eventually(() => expect(arrivals()).toEqual(expect.arrayContaining([...wanted])), {
      withinMs: 2_000,
    });
    await allCame.catch(() => undefined);
  }

  const arrivals = (): string[] =>
    receiver.requests
      .filter(({ headers }) => headers['fleethook-event'] !== 'webhook.test_fire')
      .map(({ path, headers }) => `${path} ${String(headers['webhook-id'])}`);

  const routed = (): Set<string> => new Set(arrivals().filter((arrival) => arrival.startsWith(`${ALL} `)));

  /** Of either event. */
  async function payload(): Promise<object> {
    const organization = await world.organization();
    const device = { prn: newPrn(organization, 'device'), identifier: 'pump', cohort: null };
    return { device, release: { prn: newPrn(organization, 'release'), version: '1.0.0' } };
  }
});
