import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { hang, Receiver } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 60_000 };
const CONNECTIONS = 40;

describe('webhooks whose endpoints hang', () => {
  it('leave connections to others at the same origin, and slots to everybody else (promise 10)', async () => {
    await using shared = await Receiver.listen([hang()], { secrets: [SECRET] });
    await using other = await Receiver.listen([], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create({
      // Nothing that hangs ends before the others are through: they wait for none of it.
      DELIVERY_TIMEOUT: '30s',
      RETRY_SCHEDULE: '2s,10s',
      // Fewer than the hanging ones would take by their own limits.
      DELIVERY_CONCURRENCY: '60',
      EGRESS_ORIGIN_CONNECTIONS: String(CONNECTIONS),
    });
    const app = await world.start(shared);
    const hanging = await Promise.all(Array.from({ length: 8 }, (_, n) => world.configure(`${shared.url}hang-${n}`)));
    const elsewhere = await Promise.all(Array.from({ length: 30 }, () => world.configure(`${other.url}elsewhere`)));
    shared.answer('/beside', []);
    const beside = await world.configure(`${shared.url}beside`);
    await eventually(async () => {
      await world.deliver(beside);
      expect(shared.prns('/beside').length).toBeGreaterThan(0);
    }, WITHIN);
    await Promise.all(hanging.map((webhook) => world.deliver(webhook, 100)));
    const hung = (): number => shared.requests.filter(({ path }) => path.startsWith('/hang')).length;
    await eventually(() => expect(hung()).toBeGreaterThanOrEqual(CONNECTIONS / 2), WITHIN);

    const events = (await Promise.all(elsewhere.map((webhook) => world.deliver(webhook, 3)))).flat();
    await eventually(() => expect(other.prns().toSorted()).toEqual(events.toSorted()), WITHIN);
    const besides = await world.deliver(beside, 40);
    await eventually(() => expect(shared.prns('/beside')).toEqual(expect.arrayContaining(besides)), WITHIN);

    expect(world.attempts.filter(({ outcome }) => outcome === 'timeout')).toEqual([]);
    expect(shared.openConnections).toBeLessThanOrEqual(CONNECTIONS);
    expect(hung()).toBeLessThan(CONNECTIONS);
    // What does not get its turn is put off, and has used up no attempt.
    await eventually(
      async () => expect(await app.metric('fleethook_delivery_deferred_total{reason="lane_full"}')).toBeGreaterThan(0),
      WITHIN,
    );
    expect(new Set(world.attempts.map(({ attempt }) => attempt))).toEqual(new Set([1]));
    expect(shared.badSignatures).toEqual([]);
    // What hangs ends at once, and the process need not wait for it.
    await shared.close();
  });
});
