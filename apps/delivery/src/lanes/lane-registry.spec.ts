import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeClock } from '../testing/fake-clock.js';
import {
  LaneWorld,
  offer,
  webhookOf as webhook,
  type FakeAttempts,
  type FakeRetrySink,
} from '../testing/lane-world.js';

describe('lanes', () => {
  let clock: FakeClock;
  let attempts: FakeAttempts;
  let sink: FakeRetrySink;
  let load: LaneWorld['load'];
  let changed: LaneWorld['changed'];
  let registry: LaneWorld['registry'];

  beforeEach(() => {
    const world = new LaneWorld();
    ({ clock, attempts, sink, load, changed } = world);
    registry = world.registry.bind(world);
  });

  it('keep to a webhook’s limit, its own or the default', () => {
    const lanes = registry({ webhook: 3 });
    offer(lanes, webhook(), 10);
    expect(attempts.running).toHaveLength(3);
    offer(lanes, webhook({ maxConcurrency: 2 }), 10);
    expect(attempts.running).toHaveLength(5);
    attempts.end();
    expect(attempts.running).toHaveLength(5);
    expect(lanes.waiting).toBe(14);
  });

  it('have their webhook’s new settings though nothing new comes for it', () => {
    const slow = webhook({ maxConcurrency: 1 });
    const lanes = registry();
    offer(lanes, slow, 10);
    expect(attempts.running).toHaveLength(1);
    changed.set(slow.prn, webhook({ prn: slow.prn, version: 2, maxConcurrency: 3 }));
    clock.advance(2_000);
    expect(attempts.running).toHaveLength(3);
    expect(lanes.waiting).toBe(7);
  });

  it.each([
    [6, 3, [2, 2, 2]],
    [7, 3, [3, 2, 2]],
    [20, 8, [3, 3, 3, 3, 2, 2, 2, 2]],
    [4, 4, [1, 1, 1, 1]],
    [1, 3, [1, 1, 1]],
  ])(
    'share a webhook’s limit of %d among its %d lanes, to the last slot (promise 14)',
    (maxConcurrency, count, expected) => {
      const hot = webhook({ maxConcurrency, lanes: count });
      const lanes = registry();
      for (let lane = 0; lane < count; lane++) offer(lanes, hot, 30, { lane });
      clock.advance(3_000);
      const running = expected.map(
        (_, lane) => attempts.running.filter(({ delivery }) => delivery.message.lane === lane).length,
      );
      expect(running).toEqual(expected);
    },
  );

  it('wait while the bodies in flight are as many bytes as there may be', () => {
    const lanes = registry({ inFlightBytes: 1_000 });
    const [large, small] = [webhook(), webhook()];
    offer(lanes, large, 10, { body: Buffer.alloc(400) });
    offer(lanes, small, 1, { body: Buffer.alloc(1) });
    // The third began while there was room: the largest event must be possible.
    expect(attempts.running).toHaveLength(3);
    expect([lanes.waiting, sink.deferred.length]).toEqual([8, 0]);
    clock.advance(1_000);
    expect(attempts.running).toHaveLength(3);
    attempts.end();
    attempts.end();
    expect(attempts.of(small)).toBe(1);
    while (attempts.running.length > 0) attempts.end();
    expect(attempts.started).toBe(11);
    expect(lanes.waiting).toBe(0);
  });

  it('warm up: a few attempts first, one more for each that ends, and with time', () => {
    const lanes = registry();
    offer(lanes, webhook(), 100);
    expect(attempts.running).toHaveLength(4);
    attempts.end();
    expect(attempts.running).toHaveLength(5);
    clock.advance(1_000);
    expect(attempts.running).toHaveLength(13);
    clock.advance(1_000);
    expect(attempts.running).toHaveLength(20);
  });

  it('get the process’s slots in turn, however much waits in one', () => {
    const [flooded, quiet] = [webhook(), webhook()];
    const lanes = registry({ process: 4 });
    offer(lanes, flooded, 200);
    offer(lanes, quiet, 5);
    const order: string[] = [];
    for (let index = 0; index < 12; index++) {
      const before = attempts.started;
      attempts.end();
      expect(attempts.started).toBe(before + 1);
      order.push(attempts.webhooks.at(-1) === quiet.prn ? 'quiet' : 'flooded');
    }
    expect(order.slice(0, 10).filter((turn) => turn === 'quiet')).toHaveLength(5);
    expect(lanes.inFlight).toBe(4);
  });

  it('put off what does not fit beside others, for as long as the queue takes and longer the more there is', () => {
    const [flooded, other] = [webhook(), webhook()];
    const lanes = registry({ window: 100 });
    offer(lanes, other, 1);
    offer(lanes, flooded, 200);
    expect(lanes.waiting).toBe(75);
    expect(sink.deferred).toHaveLength(121);
    for (const { reason } of sink.deferred) expect(reason).toBe('lane_full');
    const waits = sink.deferred.map(({ waitMs }) => waitMs);
    expect(waits).toEqual(waits.toSorted((left, right) => left - right));
    expect(waits[0]).toBeGreaterThanOrEqual((75 / 200) * 1_000);
    offer(lanes, other, 1);
    expect(sink.deferred).toHaveLength(121);
  });

  it('give way to the others of their partition when a flood lasts, down to a quarter, and have their share again after it', () => {
    const lanes = registry({ window: 1_000, webhook: 20 });
    const [flooded, other] = [webhook(), webhook()];
    for (const one of [flooded, other, flooded]) offer(lanes, one, 1);
    while (attempts.running.length > 0) attempts.end();
    offer(lanes, flooded, 1_100);
    const waiting = [lanes.waiting];
    for (let second = 0; second < 4; second++) {
      // An attempt takes 100 ms, or the lane would be slow.
      for (let tenth = 0; tenth < 10; tenth++) {
        for (let index = 0; index < 20; index++) attempts.end(0, 100);
        offer(lanes, flooded, 40);
        clock.advance(100);
      }
      waiting.push(lanes.waiting);
    }
    expect(waiting).toEqual([750, 750, 250, 250, 250]);
    offer(lanes, other, 10);
    expect(lanes.waiting + attempts.of(other)).toBe(260);
    while (attempts.running.length > 0) attempts.end();
    clock.advance(1_000);
    offer(lanes, flooded, 600);
    expect(lanes.waiting).toBeGreaterThan(500);
  });

  it('leave a partition to the one lane that uses it', () => {
    const lanes = registry({ window: 100 });
    offer(lanes, webhook(), 100);
    expect(sink.deferred).toEqual([]);
  });

  it.each([
    ['was here minutes ago', 500_000, 75],
    ['has not been here for longer', 700_000, 100],
  ])('leave room for another that %s', (_when, agoMs, waiting) => {
    const lanes = registry({ window: 100 });
    const flooded = webhook();
    for (const one of [flooded, webhook(), flooded]) {
      offer(lanes, one, 1);
      attempts.end();
    }
    clock.advance(agoMs);
    offer(lanes, flooded, 110);
    expect(lanes.waiting).toBe(waiting);
  });

  it('take little from an endpoint that hangs, and all again once it recovers', () => {
    const hanging = webhook();
    const lanes = registry();
    offer(lanes, hanging, 60);
    clock.advance(5_000);
    offer(lanes, hanging, 500);
    expect(lanes.waiting).toBeLessThanOrEqual(40);
    expect(sink.deferred.length).toBeGreaterThan(400);
    for (let index = 0; index < 100; index++) {
      attempts.end(0, 5);
      offer(lanes, hanging, 1);
    }
    clock.advance(1_000);
    for (let index = 0; index < 20; index++) attempts.end(0, 5);
    sink.deferred.length = 0;
    offer(lanes, hanging, 300);
    expect(sink.deferred).toEqual([]);
  });

  it('are not taken for slow because of a hiccup', () => {
    const lanes = registry();
    offer(lanes, webhook(), 500);
    clock.advance(2_500);
    for (let index = 0; index < 100; index++) attempts.end(0, 100);
    clock.advance(900);
    expect(sink.deferred).toEqual([]);
  });

  it('put off what they let in before their endpoint turned out to hang, the youngest first', () => {
    const lanes = registry();
    offer(lanes, webhook(), 900);
    expect([lanes.waiting, sink.deferred.length]).toEqual([896, 0]);
    clock.advance(4_000);
    expect(attempts.running).toHaveLength(20);
    expect(lanes.waiting).toBeLessThanOrEqual(40);
    expect(lanes.waiting + sink.deferred.length).toBe(880);
    for (const { waitMs } of sink.deferred) expect(waitMs).toBeGreaterThan(1_000);
  });

  it('are not put off because this process is slow, while those that are slow themselves still are', () => {
    const [usual, hanging] = [webhook(), webhook()];
    const deferredOf = (isSaturated: boolean) => {
      load.isSaturated = isSaturated;
      sink.deferred.length = 0;
      const lanes = registry();
      offer(lanes, usual, 600, {}, 0);
      offer(lanes, hanging, 600, {}, 1);
      for (let second = 0; second < 6; second++) {
        for (let index = 0; index < 30; index++) {
          const ofUsual = attempts.webhooks.indexOf(usual.prn);
          if (ofUsual >= 0) attempts.end(ofUsual, 900);
        }
        clock.advance(1_000);
      }
      lanes.onApplicationShutdown();
      attempts.running.length = 0;
      const ofHanging = sink.deferred.filter(({ message }) => message.webhook === hanging.prn).length;
      return [sink.deferred.length - ofHanging, ofHanging];
    };
    const [usualWhenIdle, hangingWhenIdle] = deferredOf(false);
    expect(usualWhenIdle).toBeGreaterThan(200);
    expect(hangingWhenIdle).toBeGreaterThan(500);
    const [usualWhenBusy, hangingWhenBusy] = deferredOf(true);
    expect(usualWhenBusy).toBe(0);
    expect(hangingWhenBusy).toBeGreaterThan(500);
  });

  it('keep slots for first attempts while retries hang', () => {
    const lanes = registry({ webhook: 8 });
    const flaky = webhook();
    offer(lanes, flaky, 50, { attempt: 2 });
    clock.advance(5_000);
    expect(attempts.running).toHaveLength(6);
    offer(lanes, flaky, 2, { attempt: 1 });
    expect(attempts.running).toHaveLength(8);
    expect(attempts.running.filter(({ delivery }) => delivery.message.attempt === 1)).toHaveLength(2);
  });

  it('keep slots for fresh deliveries while replays hang, and give them at least half while there are any', () => {
    const lanes = registry({ webhook: 8 });
    const replayed = webhook();
    const series = 'replay';
    offer(lanes, replayed, 50, { series });
    clock.advance(5_000);
    expect(attempts.running).toHaveLength(6);
    offer(lanes, replayed, 50);
    const fresh = () => attempts.running.filter(({ delivery }) => delivery.message.series === undefined).length;
    expect(fresh()).toBe(2);
    const shares = Array.from({ length: 20 }, () => {
      attempts.end();
      return fresh();
    });
    expect(Math.min(...shares.slice(8))).toBeGreaterThanOrEqual(4);
  });

  it('put off a replay that its receiver cannot keep up with, so that fresh deliveries get past it', () => {
    const lanes = registry({ window: 100 });
    const replayed = webhook();
    offer(lanes, replayed, 80, { series: 'replay' });
    expect(lanes.waiting).toBe(25);
    expect(sink.deferred).toHaveLength(51);
    expect(sink.deferred.every(({ message, reason }) => message.series === 'replay' && reason === 'lane_full')).toBe(
      true,
    );
    offer(lanes, replayed, 40);
    expect(sink.deferred).toHaveLength(51);
    expect(lanes.waiting).toBe(65);
  });

  it('do not starve retries either', () => {
    const lanes = registry({ webhook: 4 });
    const busy = webhook();
    offer(lanes, busy, 100, { attempt: 1 });
    offer(lanes, busy, 100, { attempt: 2 });
    for (let index = 0; index < 30; index++) attempts.end();
    expect(attempts.running.some(({ delivery }) => delivery.message.attempt === 2)).toBe(true);
  });

  it('are forgotten a minute after their last delivery', () => {
    const lanes = registry();
    offer(lanes, webhook(), 1);
    clock.advance(120_000);
    expect(lanes.lanes).toBe(1);
    attempts.end();
    clock.advance(59_000);
    expect(lanes.lanes).toBe(1);
    clock.advance(2_000);
    expect(lanes.lanes).toBe(0);
  });

  it('leave no timer behind', () => {
    const lanes = registry();
    offer(lanes, webhook(), 1);
    lanes.onApplicationShutdown();
    expect(clock.timersInMs).toEqual([]);
  });
});
