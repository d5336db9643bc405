import { describe, expect, it } from '@jest/globals';
import { laneOf } from '@fleethook/messages';
import type { Prn } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import type { Answer } from '../../support/answers.js';
import { Receiver } from '../../support/receiver.js';
import { DeliveryWorld, SECRET } from './delivery-world.js';

const WITHIN = { withinMs: 90_000 };
const LANES = 8;
const MOST_AT_ONCE = 12;

/** Counts the requests that wait for an answer. */
class Crowd {
  now = 0;
  most = 0;

  readonly answer: Answer = ({ response }) => {
    this.most = Math.max(this.most, ++this.now);
    setTimeout(() => {
      this.now--;
      response.end();
    }, 20).unref();
  };
}

describe('a webhook that is spread over lanes', () => {
  it('is delivered to by several processes, which keep to its limits together (promise 14)', async () => {
    const crowd = new Crowd();
    await using receiver = await Receiver.listen([crowd.answer], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create();
    const apps = [await world.start(receiver), await world.start(receiver)];
    const hot = await world.configure(`${receiver.url}hot`, { lanes: LANES, maxConcurrency: MOST_AT_ONCE });
    await eventually(async () => {
      await world.deliver(hot);
      expect(receiver.prns('/hot').length).toBeGreaterThan(0);
    }, WITHIN);

    // As the router writes them, and as a replay does, which knows of no lanes.
    const events = await world.deliver(hot, 300, { series: 'replay' });
    await eventually(() => expect(receiver.prns('/hot')).toEqual(expect.arrayContaining(events)), WITHIN);
    expect(new Set(events.map((event) => laneOf(event, LANES))).size).toBe(LANES);
    expect(crowd.most).toBeLessThanOrEqual(MOST_AT_ONCE);

    const attemptsIn = async (app: (typeof apps)[number]): Promise<number> =>
      app.metric('fleethook_delivery_attempts_total{outcome="delivered",try="first"}');
    for (const app of apps) expect(await attemptsIn(app)).toBeGreaterThan(0);
    expect(countsOf(receiver.prns('/hot'), events)).toEqual(new Set([1]));
    const moved = await Promise.all(
      apps.map((app) => app.metric('fleethook_delivery_deferred_total{reason="lane_moved"}')),
    );
    expect(moved.reduce((sum, count) => sum + count)).toBeGreaterThan(200);
    for (const attempt of world.attempts) expect(attempt.attempt).toBe(1);
  });

  it('gets everything that was written for lanes that it no longer has', async () => {
    await using receiver = await Receiver.listen([], { secrets: [SECRET] });
    await using world = await DeliveryWorld.create();
    const hot = await world.configure(`${receiver.url}fewer`, { lanes: 1 });
    const events = (await Promise.all([0, 3, 7].map((lane) => world.deliver(hot, 20, { lane })))).flat();
    await world.start(receiver);
    await eventually(() => expect(receiver.prns('/fewer').toSorted()).toEqual(events.toSorted()), WITHIN);
  });
});

/** How often each of the events arrived. */
function countsOf(arrived: readonly string[], events: readonly Prn<'event'>[]): Set<number> {
  const counts = new Map(events.map((event): [string, number] => [event, 0]));
  for (const prn of arrived) {
    const count = counts.get(prn);
    if (count !== undefined) counts.set(prn, count + 1);
  }
  return new Set(counts.values());
}
