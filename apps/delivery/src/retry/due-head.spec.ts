import { beforeEach, describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, nat, oneof, option, property, record as shape } from 'fast-check';
import { DEFAULT_SCHEDULE } from '@fleethook/retry';
import type { DeliveryMessage } from '@fleethook/messages';
import { FakeClock } from '../testing/fake-clock.js';
import { deliveryMessage, FakeRecord } from '../testing/fake-record.js';
import { DueHead, type WaitingDelivery } from './due-head.js';

const TIER_MS = 30_000;

describe('the head of a tier', () => {
  let clock: FakeClock;
  let released: { offset: number; inMs: number }[];
  let pending: (() => void)[];
  let startMs: number;

  beforeEach(() => {
    clock = new FakeClock();
    startMs = clock.now();
    released = [];
    pending = [];
  });

  const head = (tierMs = TIER_MS) =>
    new DueHead({
      schedule: DEFAULT_SCHEDULE,
      tierMs,
      clock,
      release: ({ record }: WaitingDelivery, _nowMs: number, onDone: () => void) => {
        released.push({ offset: record.offset, inMs: clock.now() - startMs });
        pending.push(onDone);
      },
    });

  const take = (into: DueHead, offset: number, appendedInMs: number, changes: Partial<DeliveryMessage> = {}) => {
    const message = deliveryMessage(changes);
    const taken = new FakeRecord(message, offset, startMs + appendedInMs);
    into.take(taken, message);
    return taken;
  };

  it('releases what is due, when it is due, and nothing before', () => {
    const tier = head();
    take(tier, 0, -40_000);
    take(tier, 1, -20_000);
    take(tier, 2, 0, { jitterMs: 1_500 });
    tier.advance();
    expect(released).toEqual([{ offset: 0, inMs: 0 }]);
    clock.advance(9_999);
    expect(released).toHaveLength(1);
    clock.advance(100_000);
    expect(released.slice(1)).toEqual([
      { offset: 1, inMs: 10_000 },
      { offset: 2, inMs: 31_500 },
    ]);
  });

  it('lets nobody wait behind another’s jitter or time', () => {
    const tier = head();
    take(tier, 0, 0, { jitterMs: 3_000 });
    take(tier, 1, 10);
    take(tier, 2, 20, { notBeforeMs: startMs + 34_000 });
    take(tier, 3, 30);
    tier.advance();
    clock.advance(60_000);
    expect(released.map(({ offset, inMs }) => [offset, inMs])).toEqual([
      [1, 30_010],
      [3, 30_030],
      [0, 33_000],
      [2, 34_000],
    ]);
  });

  it('is not early when it looks late: what has less than a hop left by then waits for its time', () => {
    const tier = head();
    // Two tiers' time was left when its tier was over; the shortest tier is 5 s.
    take(tier, 0, -34_000, { notBeforeMs: startMs + 1_500 });
    take(tier, 1, -31_000, { notBeforeMs: startMs + 4_999 });
    take(tier, 2, -31_000, { notBeforeMs: startMs + 5_001 });
    tier.advance();
    clock.advance(60_000);
    expect(released.map(({ offset, inMs }) => [offset, inMs])).toEqual([
      [2, 0],
      [0, 1_500],
      [1, 4_999],
    ]);
  });

  it('has one timer, and looks again at least every 30 s', () => {
    const tier = head(3_600_000);
    for (let offset = 0; offset < 100; offset++) take(tier, offset, offset);
    tier.advance();
    expect(clock.timersInMs).toEqual([30_000]);
    clock.advance(30_000);
    expect(clock.timersInMs).toEqual([30_000]);
  });

  it('caps what a broker’s clock ahead of ours, or a strange header, can hold up', () => {
    const tier = head();
    take(tier, 0, 10_000_000, { jitterMs: 9_000_000, notBeforeMs: startMs + 1e12 });
    tier.advance();
    clock.advance(38_000);
    expect(released).toHaveLength(1);
  });

  it('drops what belongs to another process by now', () => {
    const tier = head();
    const moved = take(tier, 0, 0);
    tier.advance();
    moved.mayForward = false;
    clock.advance(60_000);
    expect(released).toEqual([]);
    expect(tier.size).toBe(0);
    expect(clock.timersInMs).toEqual([]);
  });

  it('says how late it is: by what it had to wait for, and by what is still on its way', () => {
    const tier = head();
    take(tier, 0, -50_000);
    take(tier, 1, 0);
    tier.advance();
    expect(tier.takeLateness()).toBe(20_000);
    clock.advance(5_000);
    expect(tier.takeLateness()).toBe(25_000);
    for (const done of pending.splice(0)) done();
    expect(tier.takeLateness()).toBe(0);
  });

  it('closes without a timer', () => {
    const tier = head();
    take(tier, 0, 0);
    tier.advance();
    tier.close();
    clock.advance(100_000);
    expect(released).toEqual([]);
    expect(clock.timersInMs).toEqual([]);
  });
});

describe('any order of taking and waiting', () => {
  const step = oneof(
    shape({
      take: shape({ jitterMs: nat({ max: 3_000 }), laterMs: option(nat({ max: 60_000 }), { nil: undefined }) }),
    }),
    shape({ waitMs: constantFrom(1, 500, 7_000, 40_000) }),
  );

  it('releases each record once, never early, in the order they are due', () => {
    assert(
      property(array(step, { maxLength: 60 }), (steps) => {
        const clock = new FakeClock();
        const out: { offset: number; dueAtMs: number; atMs: number }[] = [];
        const head = new DueHead({
          schedule: DEFAULT_SCHEDULE,
          tierMs: TIER_MS,
          clock,
          release: ({ record, dueAtMs }, _nowMs, onDone) => {
            out.push({ offset: record.offset, dueAtMs, atMs: clock.now() });
            onDone();
          },
        });
        let offset = 0;
        for (const each of steps) {
          if ('waitMs' in each) clock.advance(each.waitMs);
          else {
            const { jitterMs, laterMs } = each.take;
            const notBeforeMs = laterMs === undefined ? undefined : clock.now() + TIER_MS + laterMs;
            const message = deliveryMessage({ jitterMs, notBeforeMs });
            head.take(new FakeRecord(message, offset++, clock.now()), message);
            head.advance();
          }
        }
        clock.advance(1_000_000);
        expect(out.map((each) => each.offset).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: offset }, (_, i) => i),
        );
        for (const { dueAtMs, atMs } of out) expect(atMs).toBe(dueAtMs);
        expect(head.size).toBe(0);
      }),
    );
  });
});
