import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { after, ok, Receiver } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 60_000 };
const WEBHOOKS = 40;
const ANSWER_AFTER_MS = 9_000;

describe('attempts that take longer than DELIVERY_TIMEOUT, as their webhooks allow', () => {
  it('are not made again by the process that takes their partitions over (promise 11)', async () => {
    await using receiver = await Receiver.listen([], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create({ DELIVERY_TIMEOUT: '1s' });
    await world.start(receiver);
    receiver.answer('/slow', [after(ANSWER_AFTER_MS, ok())]);
    const slow = await Promise.all(
      Array.from({ length: WEBHOOKS }, () => world.configure(`${receiver.url}slow`, { timeoutMs: 25_000 })),
    );
    const sentinel = await world.configure(`${receiver.url}sentinel`);
    await eventually(async () => {
      await world.deliver(sentinel);
      expect(receiver.prns('/sentinel').length).toBeGreaterThan(0);
    }, WITHIN);
    const events = (await Promise.all(slow.map((webhook) => world.deliver(webhook)))).flat();
    await eventually(() => expect(receiver.prns('/slow')).toHaveLength(WEBHOOKS), WITHIN);

    const second = await world.start(receiver);
    const takenOver = async (kind: string): Promise<number> =>
      second.metric(`fleethook_kafka_handovers_total{group="delivery",kind="${kind}"}`);
    const delivered = () =>
      world.attempts.filter(({ outcome, event }) => outcome === 'delivered' && events.includes(event));
    await eventually(() => expect(delivered()).toHaveLength(WEBHOOKS), WITHIN);
    await eventually(async () => expect(await takenOver('released')).toBeGreaterThan(0), WITHIN);
    expect(await takenOver('grace')).toBe(0);
    expect(receiver.prns('/slow').toSorted()).toEqual(events.toSorted());
  });
});
