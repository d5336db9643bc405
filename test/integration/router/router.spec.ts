import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isPrn, newPrn, type Prn } from '@fleethook/events';
import { decodeDead } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { RouterWorld } from './router-world.js';

const WITHIN = { withinMs: 30_000 };

function pairsOf(world: RouterWorld): string[] {
  return world.deliveries.map(({ event, webhook }) => `${event} ${webhook}`);
}

function expectedPairs(events: readonly Prn<'event'>[], webhooks: readonly { prn: string }[]): string[] {
  return events.flatMap((event) => webhooks.map(({ prn }) => `${event} ${prn}`));
}

describe('the router', () => {
  let world: RouterWorld;
  beforeAll(async () => {
    world = await RouterWorld.create();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('reads the whole configuration before its first event, and makes one delivery per subscription', async () => {
    const webhooks = await Promise.all(Array.from({ length: 30 }, () => world.subscribe()));
    await world.subscribe({ state: 'disabled' });
    const removed = await world.subscribe();
    await world.remove(removed);
    const events = await world.publish(100);
    await world.start();
    await eventually(() => expect(world.deliveries).toHaveLength(3_000), WITHIN);
    expect(pairsOf(world).toSorted()).toEqual(expectedPairs(events, webhooks).toSorted());
    for (const { event, body, attempt, lane } of world.deliveries) {
      expect(body.toString()).toBe(`{"version":1,"prn":"${event}"}`);
      expect([attempt, lane]).toEqual([1, 0]);
    }
  });

  it('checks and normalises what is produced straight to Kafka, and parks what cannot be an event', async () => {
    const before = world.deliveries.length;
    const { organization } = world;
    const device = { prn: `${organization}:device:0192e4a0-0000-7000-8000-000000000001`, identifier: 'd1' };
    const event = {
      data: { data: { device_prn: device.prn, note: 'é' }, type: 'created' },
      type: 'made_up',
    };
    const known = (changes: object) =>
      JSON.stringify(
        {
          type: 'webhook',
          data: {
            type: 'test_fire',
            data: { webhook_prn: `${organization}:webhook:0192e4a0-0000-7000-8000-000000000002` },
          },
          ...changes,
        },
        undefined,
        2,
      );
    await world.subscribe({ enabledEvents: ['webhook.test_fire' as never] });
    await eventually(async () => {
      await world.publishDirectly(known({}), { organization });
      expect(world.deliveries.length).toBeGreaterThan(before);
    }, WITHIN);
    const delivery = world.deliveries.at(-1);
    const body = delivery?.body.toString() ?? '';
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
    expect(isPrn(delivery?.event ?? '', 'event')).toBe(true);
    expect(body).toContain(delivery?.event);

    const marked = newPrn(organization, 'event');
    await world.publishDirectly(`\ufeff${known({ prn: marked })}`, { organization });
    await eventually(() => expect(world.deliveries.map(({ event }) => event)).toContain(marked), WITHIN);
    expect(
      world.deliveries
        .find(({ event }) => event === marked)
        ?.body.subarray(0, 1)
        .toString(),
    ).toBe('{');

    await world.publishDirectly(JSON.stringify(event), { organization });
    await world.publishDirectly('{"not json', { organization });
    await world.publishDirectly(known({ note: 'x'.repeat(9_000_000), n: 1 }).replace('"n": 1', '"n": 1e2'), {
      organization,
    });
    await world.publishDirectly(known({}), {});
    await world.publishDirectly(known({}), { organization: 'prn:1:nobody' });
    await eventually(() => expect(world.dead).toHaveLength(5), WITHIN);
    const dead = world.dead.map(decodeDead);
    expect(dead.map(({ kind }) => kind)).toEqual(dead.map(() => 'record'));
    expect(dead.map(({ deadReason }) => deadReason).toSorted()).toEqual([
      'too_large',
      ...Array.from({ length: 4 }, () => 'undecodable'),
    ]);
    expect(dead.map((one) => (one.kind === 'record' ? one.raw?.toString() : ''))).toContain('{"not json');
  });
});

describe('a router that is stopped and started again', () => {
  it('goes on where it was: every event once to every webhook', async () => {
    await using world = await RouterWorld.create();
    const webhooks = await Promise.all([world.subscribe(), world.subscribe({ lanes: 3 })]);
    const first = await world.start();
    const events = await world.publish(4_000);
    await eventually(() => expect(world.deliveries.length).toBeGreaterThan(500), WITHIN);
    await first.stop();
    await world.start();
    events.push(...(await world.publish(1_000)));
    await eventually(() => expect(new Set(pairsOf(world)).size).toBe(10_000), WITHIN);
    expect(pairsOf(world).toSorted()).toEqual(expectedPairs(events, webhooks).toSorted());
  });
});
