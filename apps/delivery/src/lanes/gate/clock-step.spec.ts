import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '@fleethook/observability';
import { LaneWorld, offer, webhookOf as webhook } from '../../testing/lane-world.js';
import { GuardedGates } from './gates.js';

const HOUR_MS = 3_600_000;
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

describe.each([
  ['back', -HOUR_MS],
  ['forward', HOUR_MS],
  ['back by more than a timer takes', -30 * 24 * HOUR_MS],
])('a lane while the clock is set %s', (_direction, byMs) => {
  let world: LaneWorld;
  let lanes: ReturnType<LaneWorld['registry']>;

  beforeEach(() => {
    world = new LaneWorld();
    lanes = world.registry({}, new GuardedGates(log, { report: () => {} }, world.clock));
  });

  it('keeps to its rate, neither more nor less', () => {
    const { clock, attempts, sink } = world;
    offer(lanes, webhook({ ratePerSecond: 10 }), 40);
    for (let tenth = 0; tenth < 10; tenth++) {
      while (attempts.running.length > 0) attempts.end();
      clock.advance(100);
    }
    clock.step(byMs);
    const before = attempts.started;
    for (let tenth = 0; tenth < 10; tenth++) {
      while (attempts.running.length > 0) attempts.end();
      clock.advance(100);
    }
    expect(attempts.started - before).toBeGreaterThanOrEqual(9);
    expect(attempts.started - before).toBeLessThanOrEqual(11);
    expect(sink.deferred).toEqual([]);
    // No timer that is longer than its turn takes.
    expect(Math.max(...clock.timersInMs)).toBeLessThanOrEqual(1_000);
  });

  it('has its breaker open for as long as it was to be', () => {
    const { clock, attempts, sink } = world;
    const failing = webhook();
    attempts.outcome = { kind: 'http_status', status: 503 };
    offer(lanes, failing, 30);
    while (attempts.running.length > 0) attempts.end();
    clock.step(byMs);
    clock.advance(10_000);
    sink.deferred.length = 0;
    offer(lanes, failing, 1);
    expect(sink.deferred).toMatchObject([{ reason: 'breaker_open', waitMs: 20_000 }]);
    clock.advance(20_000);
    offer(lanes, failing, 1);
    expect(attempts.running).toHaveLength(1);
  });
});
