import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebhookConfig } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { after, hang, ok, Receiver } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 60_000 };

describe('what one endpoint does', () => {
  let world: DeliveryWorld;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.listen([], { secrets: [SECRET] });
    world = await DeliveryWorld.create({ RETRY_SCHEDULE: '2s,10s' });
    await world.start(receiver);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver.close();
  });

  it('does not hold up the others of its partition: hanging under a flood of 5,000', async () => {
    receiver.answer('/hangs', [hang()]);
    const hanging = await world.configure(`${receiver.url}hangs`, { timeoutMs: 5_000 });
    // More than partitions: some share the hanging one's.
    const healthy: WebhookConfig[] = [];
    for (let index = 0; index < 60; index++) healthy.push(await world.configure(`${receiver.url}healthy`));
    await eventually(async () => {
      await world.deliver(hanging, 1);
      expect(receiver.prns('/hangs').length).toBeGreaterThan(0);
    }, WITHIN);
    await world.deliver(hanging, 5_000);
    const events = (await Promise.all(healthy.map((webhook) => world.deliver(webhook, 2)))).flat();
    await eventually(() => expect(new Set(receiver.prns('/healthy'))).toEqual(new Set(events)), WITHIN);
    // At two attempts a second and slot, the flood alone would take twenty minutes.
    const hung = receiver.prns('/hangs').length;
    expect(hung).toBeLessThan(1_000);
    const ofHealthy = world.attempts.filter(({ webhook }) => webhook !== hanging.prn);
    expect(ofHealthy.filter(({ outcome }) => outcome !== 'delivered')).toEqual([]);
    expect(receiver.prns('/healthy')).toHaveLength(events.length);
  });
});

describe('deliveries that are in flight or wait when a process stops', () => {
  it('are made by the next one, none lost, none twice', async () => {
    await using receiver = await Receiver.listen([after(30, ok())], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create();
    const first = await world.start(receiver);
    const webhooks = await Promise.all(Array.from({ length: 8 }, () => world.configure(`${receiver.url}slow`)));
    const events = (await Promise.all(webhooks.map((webhook) => world.deliver(webhook, 300)))).flat();
    await eventually(() => expect(receiver.prns().length).toBeGreaterThan(300), WITHIN);
    await first.stop();
    await world.start(receiver);
    await eventually(() => expect(new Set(receiver.prns()).size).toBe(events.length), WITHIN);
    await eventually(() => expect(world.attempts.length).toBeGreaterThanOrEqual(events.length), WITHIN);
    expect(world.attempts.filter(({ outcome }) => outcome !== 'delivered')).toEqual([]);
    expect(receiver.prns().toSorted()).toEqual(events.toSorted());
    expect(world.attempts).toHaveLength(events.length);
  });

  it('wait on in a tier that the schedule has no more', async () => {
    await using receiver = await Receiver.listen([after(0, ok())], { secrets: [SECRET] });
    receiver.answer('/late', [hang(), ok()]);
    await using world = await DeliveryWorld.create();
    const first = await world.start(receiver, { RETRY_SCHEDULE: '3s' });
    const webhook = await world.configure(`${receiver.url}late`, { timeoutMs: 5_000 });
    const [event] = await world.deliver(webhook);
    if (event === undefined) throw new Error('nothing was sent');
    await eventually(() => expect(world.attemptsOf(event)).toHaveLength(1), WITHIN);
    await first.stop();
    await world.start(receiver, { RETRY_SCHEDULE: '1s,20s' });
    await eventually(() => expect(world.attemptsOf(event)).toHaveLength(2), WITHIN);
    const [failed, delivered] = world.attemptsOf(event);
    expect(failed?.next).toMatchObject({ kind: 'retry', tier: '3s' });
    expect(delivered).toMatchObject({ outcome: 'delivered', attempt: 2 });
  });
});
