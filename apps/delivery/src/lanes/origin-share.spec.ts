import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LaneWorld, offer, webhookOf } from '../testing/lane-world.js';
import type { Webhook } from '../webhook.js';
import { OpenGates, type LaneGate } from './lane-gate.js';

const AT_SHARED = { url: 'https://shared.example/one', maxConcurrency: 20 };
const ELSEWHERE = { url: 'https://other.example/' };

const many = (count: number): Webhook[] => Array.from({ length: count }, () => webhookOf(AT_SHARED));

describe('lanes of one origin', () => {
  let world: LaneWorld;

  beforeEach(() => {
    world = new LaneWorld();
  });

  /** Time warms lanes up. */
  const settle = (): void => world.clock.advance(5_000);

  it('together have no more attempts in flight than the origin may have connections', () => {
    const lanes = world.registry({ origin: 40 });
    for (const webhook of many(10)) offer(lanes, webhook, 30);
    settle();
    expect(world.attempts.running.length).toBeLessThanOrEqual(40);
    expect(world.attempts.running.length).toBeGreaterThanOrEqual(35);
  });

  it('take up no slot of the process while they wait for it: other origins do not notice', () => {
    const lanes = world.registry({ origin: 10, process: 20 });
    for (const webhook of many(30)) offer(lanes, webhook, 5);
    settle();
    expect(world.attempts.running.length).toBeLessThanOrEqual(10);
    const other = webhookOf(ELSEWHERE);
    offer(lanes, other, 4);
    expect(world.attempts.of(other)).toBe(4);
  });

  it('leave some for one that comes along, and one that hangs does not get back what it gave up', () => {
    const lanes = world.registry({ origin: 20 });
    const hanging = many(6);
    for (const webhook of hanging) offer(lanes, webhook, 100, {}, 1);
    settle();
    const late = webhookOf(AT_SHARED);
    offer(lanes, late, 100);
    expect(world.attempts.of(late)).toBeGreaterThanOrEqual(1);
    const ofHanging = (): number => world.attempts.running.length - world.attempts.of(late);
    // Each hanging attempt that times out makes room for whoever has the least.
    for (let round = 0; round < 60; round++) {
      world.attempts.end(world.attempts.webhooks.findIndex((prn) => prn !== late.prn));
      settle();
    }
    const average = ofHanging() / hanging.length;
    expect(world.attempts.of(late)).toBeGreaterThanOrEqual(Math.floor(average));
    expect(world.attempts.running.length).toBeLessThanOrEqual(20);
  });

  it('serve one that does not hang at once, again and again, beside many that do (promise 10)', () => {
    const lanes = world.registry({ origin: 16 });
    for (const webhook of many(40)) offer(lanes, webhook, 10, {}, 1);
    settle();
    world.attempts.end();
    const quick = webhookOf(AT_SHARED);
    offer(lanes, quick, 40);
    const ofQuick = (): number => world.attempts.webhooks.indexOf(quick.prn);
    for (let delivered = 0; delivered < 40; delivered++) {
      // Each of the forty has a turn before it has a second one.
      for (let turn = 0; turn < 40 && ofQuick() < 0; turn++) world.attempts.end();
      expect(ofQuick()).toBeGreaterThanOrEqual(0);
      world.attempts.end(ofQuick());
    }
  });

  it('serve one that does not hang without a single end of those that do, if they are few', () => {
    const lanes = world.registry({ origin: 32 });
    for (const webhook of many(8)) offer(lanes, webhook, 10, {}, 1);
    settle();
    const quick = webhookOf(AT_SHARED);
    offer(lanes, quick, 40);
    for (let delivered = 0; delivered < 40; delivered++) {
      expect(world.attempts.of(quick)).toBeGreaterThan(0);
      world.attempts.end(world.attempts.webhooks.indexOf(quick.prn));
    }
    expect(world.attempts.of(quick)).toBe(0);
  });

  it('are alone with most of it, and not with all', () => {
    const lanes = world.registry({ origin: 10 });
    const [only = webhookOf()] = many(1);
    offer(lanes, only, 100);
    settle();
    expect(world.attempts.of(only)).toBe(8);
  });

  it('put off what they cannot send in time, without an attempt, and hold up no partition', () => {
    const lanes = world.registry({ origin: 4 });
    for (const webhook of many(4)) offer(lanes, webhook, 2, {}, 1);
    const held = webhookOf(AT_SHARED);
    offer(lanes, held, 200, {}, 2);
    world.clock.advance(10_000);
    expect(lanes.waiting).toBeLessThan(30);
    expect(world.sink.deferred.length).toBeGreaterThan(150);
    for (const { reason, message } of world.sink.deferred) expect([reason, message.attempt]).toEqual(['lane_full', 1]);
  });

  it('count by origin: scheme, host and port', () => {
    const lanes = world.registry({ origin: 5 });
    const urls = ['https://a.example/x', 'https://A.example:443/y', 'https://a.example:8443/', 'https://b.example/'];
    for (const url of urls) offer(lanes, webhookOf({ url }), 50);
    settle();
    const perOrigin = new Map<string, number>();
    for (const { delivery } of world.attempts.running)
      perOrigin.set(delivery.origin?.key ?? '', (perOrigin.get(delivery.origin?.key ?? '') ?? 0) + 1);
    expect([...perOrigin.keys()].toSorted()).toEqual([
      'https://a.example',
      'https://a.example:8443',
      'https://b.example',
    ]);
    for (const count of perOrigin.values()) expect(count).toBeLessThanOrEqual(5);
  });

  it('move with their URL: what is in flight is counted where it went', async () => {
    const lanes = world.registry({ origin: 5 });
    const before = webhookOf({ ...AT_SHARED, version: 1 });
    offer(lanes, before, 4);
    const after = webhookOf({ ...ELSEWHERE, prn: before.prn, version: 2 });
    const waiting = webhookOf(AT_SHARED);
    offer(lanes, waiting, 4);
    expect(world.attempts.of(waiting)).toBe(1);
    offer(lanes, after, 1);
    expect(world.attempts.of(waiting)).toBe(1);
    for (let ended = 0; ended < 4; ended++) world.attempts.end(0);
    settle();
    expect(world.attempts.of(waiting)).toBe(4);
    while (world.attempts.running.length > 0) world.attempts.end();
    world.clock.advance(130_000);
    const text = await world.metrics.registry.metrics();
    expect(text).toMatch(/^fleethook_delivery_origins 0$/m);
    expect(text).toMatch(/^fleethook_delivery_held_lanes 0$/m);
  });

  it('pass on a connection that they were let go for when they move away before they take it', () => {
    const lanes = world.registry({ process: 3, origin: 1 });
    const [first = webhookOf(), moving = webhookOf(), held = webhookOf()] = many(3);
    const others = ['two', 'three', 'four'].map((host) => webhookOf({ url: `https://${host}.example/` }));
    for (const webhook of [first, moving, held, ...others]) offer(lanes, webhook);
    // The slot goes to the fourth origin, whose turn it is; `moving` may have the connection as soon as there is another slot.
    world.attempts.end();
    expect([world.attempts.of(moving), world.attempts.of(held)]).toEqual([0, 0]);
    offer(lanes, webhookOf({ ...ELSEWHERE, prn: moving.prn, version: moving.version + 1 }));
    while (world.attempts.running.length > 0) world.attempts.end();
    expect(lanes.waiting).toBe(0);
  });

  it('pass on a connection that their gate does not let them take', () => {
    const [first = webhookOf(), limited = webhookOf(), third = webhookOf()] = many(3);
    class LimitedGates extends OpenGates {
      override create(key?: string): LaneGate {
        const open = super.create();
        return key === limited.prn ? { ...open, admit: () => ({ kind: 'wait', waitMs: 60_000 }) } : open;
      }
    }
    const lanes = world.registry({ origin: 1 }, new LimitedGates());
    for (const webhook of [first, limited, third]) offer(lanes, webhook);
    world.attempts.end();
    expect(world.attempts.webhooks).toEqual([third.prn]);
  });

  it('all get through in the end, whatever comes, ends and moves when', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('offer' as const), webhook: fc.nat(5), count: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ kind: fc.constant('end' as const), index: fc.nat(20) }),
        fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 400 }) }),
        fc.record({
          kind: fc.constant('move' as const),
          webhook: fc.nat(5),
          settings: fc.constantFrom(AT_SHARED, ELSEWHERE),
        }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), (script, origin, process) => {
        const run = new LaneWorld();
        const lanes = run.registry({ origin, process });
        const webhooks = many(6);
        let offered = 0;
        for (const step of script) {
          const [first = webhookOf()] = webhooks;
          if (step.kind === 'offer') {
            offer(lanes, webhooks[step.webhook] ?? first, step.count);
            offered += step.count;
          } else if (step.kind === 'move') {
            const { prn, version } = webhooks[step.webhook] ?? first;
            webhooks[step.webhook] = webhookOf({ ...step.settings, prn, version: version + 1 });
          } else if (step.kind === 'pass') run.clock.advance(step.ms);
          else run.attempts.end(step.index % Math.max(1, run.attempts.running.length));
          expect(run.attempts.running.length).toBeLessThanOrEqual(Math.min(2 * origin, process));
        }
        // No time passes: nothing but ends may be needed for the next to begin.
        while (run.attempts.running.length > 0) run.attempts.end();
        expect([run.attempts.started + run.sink.deferred.length, lanes.waiting]).toEqual([offered, 0]);
        lanes.onApplicationShutdown();
      }),
      { numRuns: 300 },
    );
  });
});
