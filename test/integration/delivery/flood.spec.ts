import { describe, expect, it } from '@jest/globals';
import type { WebhookConfig } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { after, ok, Receiver } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 60_000 };

describe('a flood for an endpoint that is well', () => {
  it('lets the others of its partition past it, and comes in full, each once (promise 5)', async () => {
    await using receiver = await Receiver.listen([], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create({ RETRY_SCHEDULE: '5s,30s,2m,10m', RETRY_HORIZON: '1h' });
    await world.start(receiver);
    receiver.answer('/flooded', [after(100, ok())]);
    receiver.answer('/healthy', [ok()]);
    const flooded = await world.configure(`${receiver.url}flooded`);
    // More than partitions: some share the flooded one's.
    const healthy: WebhookConfig[] = [];
    for (let index = 0; index < 60; index++) healthy.push(await world.configure(`${receiver.url}healthy`));
    for (const webhook of [flooded, ...healthy, flooded]) await world.deliver(webhook, 1);
    await eventually(() => expect(receiver.prns('/healthy')).toHaveLength(healthy.length), WITHIN);
    const flood = await world.deliver(flooded, 4_000);
    const events = (await Promise.all(healthy.map((webhook) => world.deliver(webhook, 1)))).flat();
    await eventually(() => expect(receiver.prns('/healthy')).toEqual(expect.arrayContaining(events)), {
      withinMs: 120_000,
    });
    // Behind it they would have waited for nearly all of it.
    expect(receiver.prns('/flooded').length).toBeLessThan(flood.length / 2);
    await eventually(() => expect(new Set(receiver.prns('/flooded')).size).toBe(flood.length + 2), {
      withinMs: 240_000,
    });
    expect(receiver.prns('/flooded')).toHaveLength(flood.length + 2);
  });
});
