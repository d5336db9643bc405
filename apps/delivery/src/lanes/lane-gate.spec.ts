import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeClock } from '../testing/fake-clock.js';
import {
  DELIVERED,
  LaneWorld,
  LONG_AGO_MS,
  offer,
  webhookOf as webhook,
  type FakeAttempts,
  type FakeRetrySink,
} from '../testing/lane-world.js';
import { LaneGates, RUN, type GateDecision, type LaneGate } from './lane-gate.js';

class ScriptedGate implements LaneGate {
  decision: GateDecision = RUN;
  admitted = 0;
  ended = (): void => void this.admitted--;
  forced = (): number => (this.admitted++, 0);
  configure = (): void => {};
  awayMs = (): number => 0;
  bookMs = (): number => 0;
  era = 0;
  mostWaiting = Infinity;
  isBreakerOpen = false;
  isForgettable = (): boolean => true;

  admit(): GateDecision {
    if (this.decision.kind === 'run') this.admitted++;
    return this.decision;
  }
}

class ScriptedGates extends LaneGates {
  readonly gate = new ScriptedGate();
  create(): LaneGate {
    return this.gate;
  }
}

describe('the gate of lanes', () => {
  let clock: FakeClock;
  let attempts: FakeAttempts;
  let sink: FakeRetrySink;
  let registry: LaneWorld['registry'];

  beforeEach(() => {
    const world = new LaneWorld();
    ({ clock, attempts, sink } = world);
    registry = world.registry.bind(world);
  });

  it('stand still while their gate says so, and go on by themselves', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    gates.gate.decision = { kind: 'wait', waitMs: 300 };
    offer(lanes, webhook(), 2);
    expect(attempts.running).toHaveLength(0);
    clock.advance(299);
    gates.gate.decision = RUN;
    expect(attempts.running).toHaveLength(0);
    clock.advance(1);
    expect(attempts.running).toHaveLength(2);
  });

  it('put off what their gate defers, without a slot', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    gates.gate.decision = { kind: 'defer', reason: 'breaker_open', waitMs: 30_000 };
    offer(lanes, webhook(), 3);
    expect(sink.deferred.map(({ reason, waitMs }) => [reason, waitMs])).toEqual(
      Array.from({ length: 3 }, () => ['breaker_open', 30_000]),
    );
    expect([lanes.inFlight, lanes.waiting]).toEqual([0, 0]);
  });

  it('let a delivery through whose horizon is over, whatever their gate says: it must come to an end', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    gates.gate.decision = { kind: 'defer', reason: 'breaker_open', waitMs: 30_000 };
    offer(lanes, webhook(), 2, { attempt: 7, firstAttemptAtMs: LONG_AGO_MS });
    expect([sink.deferred.length, attempts.running.length, gates.gate.admitted]).toEqual([0, 2, 2]);
  });

  it('ask again when an attempt ends, where their gate waits for nothing else', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    offer(lanes, webhook(), 1);
    gates.gate.decision = { kind: 'wait', waitMs: Infinity };
    offer(lanes, webhook(), 1);
    const slow = webhook();
    offer(lanes, slow, 2);
    clock.advance(60_000);
    expect(attempts.running).toHaveLength(1);
    gates.gate.decision = RUN;
    attempts.end();
    expect(attempts.webhooks).not.toContain(slow.prn);
  });

  it('tell their gate of every end', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    offer(lanes, webhook(), 3);
    expect(gates.gate.admitted).toBe(3);
    while (attempts.running.length > 0) attempts.end();
    expect(gates.gate.admitted).toBe(0);
    expect(lanes.inFlight).toBe(0);
  });

  it('take fresh deliveries and the others in turn where nothing stays in flight', () => {
    const gates = new ScriptedGates();
    const lanes = registry({}, gates);
    const limited = webhook();
    gates.gate.decision = { kind: 'wait', waitMs: 100 };
    offer(lanes, limited, 10);
    offer(lanes, limited, 10, { series: 'replay' });
    gates.gate.decision = RUN;
    const turns: boolean[] = [];
    attempts.run = (delivery, slot) => {
      turns.push(delivery.isAgain);
      gates.gate.decision = { kind: 'wait', waitMs: 100 };
      slot.attemptEnded(delivery, DELIVERED, 1);
    };
    for (let turn = 0; turn < 8; turn++) {
      gates.gate.decision = RUN;
      clock.advance(100);
    }
    expect(turns).toEqual([false, true, false, true, false, true, false, true]);
  });
});
