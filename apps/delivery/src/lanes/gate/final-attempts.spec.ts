import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveryMessage } from '@fleethook/messages';
import { createLog } from '@fleethook/observability';
import { LaneWorld, LONG_AGO_MS, LONGER_AGO_MS, offer, webhookOf } from '../../testing/lane-world.js';
import type { Webhook } from '../../webhook.js';
import { GuardedGates } from './gates.js';

const log = createLog({ app: 'test', level: 'silent', format: 'json' });

describe('final attempts behind an open breaker', () => {
  let world: LaneWorld;
  let lanes: ReturnType<LaneWorld['registry']>;

  beforeEach(() => {
    world = new LaneWorld();
    lanes = world.registry({}, new GuardedGates(log, { report: () => {} }, world.clock));
    world.attempts.outcome = { kind: 'http_status', status: 503 };
  });

  /** Attempts end after a tenth of a second, all of which fail. */
  function pass(seconds: number): void {
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      world.clock.advance(100);
      while (world.attempts.running.length > 0) world.attempts.end();
    }
  }

  /** With nothing in flight, and for another 20 s at least. */
  function openBreaker(webhook: Webhook): void {
    for (let second = 0; second < 12; second++) {
      offer(lanes, webhook);
      pass(1);
    }
    expect(world.sink.deferred.at(-1)?.reason).toBe('breaker_open');
    world.sink.deferred.length = 0;
  }

  it('keep to the rate, and the others are put off meanwhile', () => {
    const limited = webhookOf({ ratePerSecond: 2 });
    openBreaker(limited);
    const before = world.attempts.started;
    offer(lanes, limited, 100, { attempt: 14, firstAttemptAtMs: LONG_AGO_MS });
    offer(lanes, limited, 3);
    pass(4);
    expect(world.attempts.started - before).toBeGreaterThanOrEqual(8);
    expect(world.attempts.started - before).toBeLessThanOrEqual(10);
    const fresh = world.sink.deferred.filter(({ message }) => message.attempt === 1);
    expect(fresh.map(({ reason }) => reason)).toEqual(['breaker_open', 'breaker_open', 'breaker_open']);
    expect(lanes.waiting + world.sink.deferred.length + world.attempts.started - before).toBe(103);
  });

  it('are all made at once where there is no rate', () => {
    const webhook = webhookOf();
    openBreaker(webhook);
    const before = world.attempts.started;
    offer(lanes, webhook, 30, { attempt: 14, firstAttemptAtMs: LONG_AGO_MS });
    pass(1);
    expect([world.attempts.started - before, lanes.waiting]).toEqual([30, 0]);
  });

  describe('of deliveries that were never tried', () => {
    it('are made a few at a time, while the others are put off once more', () => {
      const webhook = webhookOf();
      openBreaker(webhook);
      offer(lanes, webhook, 20, { sinceMs: LONG_AGO_MS });
      expect(world.attempts.running).toHaveLength(4);
      expect(world.sink.deferred.map(({ reason }) => reason)).toEqual(Array.from({ length: 16 }, () => 'breaker_open'));
      pass(1);
      offer(lanes, webhook, 1, { sinceMs: LONG_AGO_MS });
      expect(world.attempts.running).toHaveLength(1);
      expect(world.sink.ended).toEqual([]);
    });

    it('are their first and their last: their horizon has run since they were put off', () => {
      const webhook = webhookOf();
      openBreaker(webhook);
      let message: DeliveryMessage | undefined;
      world.attempts.run = (delivery) => void (message = delivery.message);
      offer(lanes, webhook, 1, { sinceMs: LONG_AGO_MS });
      expect(message).toMatchObject({ attempt: 1, firstAttemptAtMs: LONG_AGO_MS });
    });

    it('are left out for those that have come by too often: these are dead', () => {
      const webhook = webhookOf();
      openBreaker(webhook);
      offer(lanes, webhook, 20, { sinceMs: LONGER_AGO_MS });
      expect([world.attempts.running.length, world.sink.ended.length]).toEqual([4, 16]);
      expect([world.sink.deferred, lanes.waiting]).toEqual([[], 0]);
    });

    it('do not have the lane stand still until there is a token', () => {
      const limited = webhookOf({ ratePerSecond: 1 });
      openBreaker(limited);
      offer(lanes, limited, 2, { sinceMs: LONG_AGO_MS });
      world.attempts.end();
      offer(lanes, limited, 2, { sinceMs: LONG_AGO_MS });
      expect([lanes.waiting, world.attempts.running.length, world.sink.deferred.length]).toEqual([0, 0, 3]);
    });
  });

  const putOff = () => world.sink.deferred.map(({ reason, message }) => `${reason} ${message.sinceMs ?? 'free'}`);

  describe('of deliveries that an open breaker put off once', () => {
    const HELD = { sinceMs: LONG_AGO_MS };

    it('are none of those that wait for their rate once it has closed: their horizon runs no more', () => {
      offer(lanes, webhookOf({ ratePerSecond: 1 }), 20, HELD);
      expect(new Set(putOff())).toEqual(new Set(['rate_limited free']));
    });

    it('are none of those that wait for their turn once it has closed', () => {
      lanes = world.registry({ webhook: 1, window: 2 }, new GuardedGates(log, { report: () => {} }, world.clock));
      offer(lanes, webhookOf(), 20, HELD);
      expect(new Set(putOff())).toEqual(new Set(['lane_full free']));
    });

    it('come to those as well that wait for their rate while it is open', () => {
      const limited = webhookOf({ ratePerSecond: 1 });
      openBreaker(limited);
      offer(lanes, limited, 20, { attempt: 14, firstAttemptAtMs: LONG_AGO_MS });
      world.sink.deferred.length = 0;
      offer(lanes, limited, 1, { series: 'replay', ...HELD });
      expect(putOff()).toEqual([`rate_limited ${LONG_AGO_MS}`]);
    });
  });
});
