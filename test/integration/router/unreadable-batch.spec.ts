import { describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { decodeDead, TOPICS } from '@fleethook/messages';
import { DirectProducer } from '../../support/direct-producer.js';
import { eventually } from '../../support/eventually.js';
import { RouterWorld } from './router-world.js';

const WITHIN = { withinMs: 45_000 };
const PARTITION = 5;
const PARKED = 'fleethook_router_events_total{result="parked"}';

describe('a router, and a batch that unpacks to hundreds of MiB', () => {
  it('parks its record where it lay, and routes everything behind it', async () => {
    await using world = await RouterWorld.create();
    const { organization, kafka } = world;
    await world.subscribe({ enabledEvents: ['webhook.test_fire' as never] });
    await using producer = await DirectProducer.to(kafka.prefix + TOPICS.events.name, PARTITION);
    const testFire = (): object => ({
      type: 'webhook',
      prn: newPrn(organization, 'event'),
      data: { type: 'test_fire', data: { webhook_prn: newPrn(organization, 'webhook') } },
    });
    const events = Array.from({ length: 60 }, testFire) as { prn: string }[];
    const messages = events.map((event) => ({ value: JSON.stringify(event), headers: { organization } }));

    const offset = await producer.sendBomb(300);
    await producer.send(messages.slice(0, 30));
    // This one can be read, and is too large like any other record.
    const largeOffset = await producer.sendBomb(40);
    await producer.send(messages.slice(30));

    const router = await world.start();
    await eventually(() => expect(world.deliveries).toHaveLength(60), WITHIN);
    expect(world.deliveries.map(({ event }) => event).toSorted()).toEqual(events.map(({ prn }) => prn).toSorted());
    await eventually(() => expect(world.dead).toHaveLength(2), WITHIN);
    const source = { topic: TOPICS.events.name, partition: PARTITION };
    expect(world.dead.map(decodeDead)).toEqual([
      expect.objectContaining({
        kind: 'record',
        deadReason: 'undecodable',
        detail: 'its batch unpacks to more than 64 MiB',
        source: { ...source, offset },
        key: '',
        raw: null,
      }),
      expect.objectContaining({ deadReason: 'too_large', source: { ...source, offset: largeOffset } }),
    ]);

    expect(await router.metric(PARKED)).toBe(2);
    expect(await router.metric('fleethook_kafka_consumer_crashes_total{group="router",restart="false"}')).toBe(0);
    expect(await router.notReady()).toEqual({});
    await eventually(async () => {
      await producer.send([{ value: JSON.stringify(testFire()), headers: { organization } }]);
      expect(world.deliveries.length).toBeGreaterThan(60);
    }, WITHIN);
  });
});
