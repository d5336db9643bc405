import { beforeEach, describe, expect, it } from '@jest/globals';
import { laneOf } from '@fleethook/messages';
import { createLog } from '@fleethook/observability';
import { LaneWorld, offer, webhookOf } from '../testing/lane-world.js';
import type { Webhook } from '../webhook.js';
import { GuardedGates } from './gate/gates.js';

const log = createLog({ app: 'test', level: 'silent', format: 'json' });

describe('the lanes of one webhook, when their number changes', () => {
  let world: LaneWorld;
  let lanes: ReturnType<LaneWorld['registry']>;
  let webhook: Webhook;

  beforeEach(() => {
    world = new LaneWorld();
    lanes = world.registry({}, new GuardedGates(log, { report: () => {} }, world.clock));
  });

  const offerEach = (to: Webhook, count: number): void => {
    for (let lane = 0; lane < to.lanes; lane++) offer(lanes, to, count, { lane });
  };
  const runningIn = (lane: number): number =>
    world.attempts.running.filter(({ delivery }) => delivery.message.lane === lane).length;

  /** @returns how many attempts began */
  function pass(tenths: number): number {
    const before = world.attempts.started;
    for (let tenth = 0; tenth < tenths; tenth++) {
      while (world.attempts.running.length > 0) world.attempts.end();
      world.clock.advance(100);
    }
    return world.attempts.started - before;
  }

  it('keep to its rate together: those that are left get the rest, and what waits in the others moves', () => {
    webhook = webhookOf({ ratePerSecond: 40, lanes: 4 });
    offerEach(webhook, 40);
    pass(10);
    const waited = lanes.waiting;
    const fewer = webhookOf({ prn: webhook.prn, version: 2, ratePerSecond: 40, lanes: 2 });
    world.sink.deferred.length = 0;
    offer(lanes, fewer, 20);
    const moved = world.sink.deferred.filter(({ reason }) => reason === 'lane_moved');
    expect(moved.length).toBeGreaterThan(waited / 3);
    for (const { message } of moved) expect(message.lane).toBe(laneOf(message.event, 2));
    expect(lanes.waiting + moved.length).toBe(waited + 20);
    expect(pass(10)).toBeLessThanOrEqual(44);
    expect(pass(10)).toBeLessThanOrEqual(44);
  });

  it('give up a part each when there are more of them', () => {
    webhook = webhookOf({ ratePerSecond: 40, lanes: 1 });
    offerEach(webhook, 150);
    expect(pass(10)).toBeLessThanOrEqual(44);
    const more = webhookOf({ prn: webhook.prn, version: 2, ratePerSecond: 40, lanes: 4 });
    for (const lane of [1, 2, 3]) offer(lanes, more, 40, { lane });
    expect(pass(10)).toBeLessThanOrEqual(46);
    expect(world.sink.deferred).toEqual([]);
  });

  it('share its slots anew', () => {
    webhook = webhookOf({ maxConcurrency: 4, lanes: 1 });
    offerEach(webhook, 10);
    expect(runningIn(0)).toBe(4);
    const more = webhookOf({ prn: webhook.prn, version: 2, maxConcurrency: 4, lanes: 4 });
    for (const lane of [1, 2, 3]) offer(lanes, more, 10, { lane });
    for (let ended = 0; ended < 4; ended++) world.attempts.end();
    expect([0, 1, 2, 3].map(runningIn)).toEqual([1, 1, 1, 1]);
  });

  it('come back when there are as many as before', () => {
    webhook = webhookOf({ lanes: 4 });
    offerEach(webhook, 10);
    offer(lanes, webhookOf({ prn: webhook.prn, version: 2, lanes: 1 }));
    while (world.attempts.running.length > 0) world.attempts.end();
    const again = webhookOf({ prn: webhook.prn, version: 3, lanes: 4 });
    offerEach(again, 1);
    expect([0, 1, 2, 3].map(runningIn)).toEqual([1, 1, 1, 1]);
  });
});
