import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { ok, Receiver, status } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 45_000 };

describe('a tier that the schedule has no more', () => {
  it('is read until it is empty: what waits there is sent when it was due, and goes on by the new schedule', async () => {
    await using receiver = await Receiver.listen([], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create();
    receiver.answer('/old', [status(500), status(500), ok()]);
    const before = await world.start(receiver, { RETRY_SCHEDULE: '3s,4s' });
    const webhook = await world.configure(`${receiver.url}old`);
    const [event] = await world.deliver(webhook);
    if (event === undefined) throw new Error('nothing was sent');
    await eventually(
      () => expect(world.attemptsOf(event)).toMatchObject([{ next: { kind: 'retry', tier: '3s' } }]),
      WITHIN,
    );
    await before.stop();

    await world.start(receiver, { RETRY_SCHEDULE: '200ms,400ms' });
    await eventually(() => expect(world.attemptsOf(event).at(-1)?.outcome).toBe('delivered'), WITHIN);
    const [first, second, third] = world.attemptsOf(event);
    expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(3_000);
    expect(second?.next).toMatchObject({ kind: 'retry', tier: '400ms' });
    expect(third?.attempt).toBe(3);
  });
});
