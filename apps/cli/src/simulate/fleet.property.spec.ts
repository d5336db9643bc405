import { describe, expect, it } from '@jest/globals';
import { EventTypes, newOrganizationPrn, normaliseBody } from '@fleethook/events';
import * as fc from 'fast-check';
import { simulateFleet, type FleetOptions, type SimulatedEvent } from './fleet.js';

const organization = newOrganizationPrn();
const options = fc.record<FleetOptions>({
  organization: fc.constant(organization),
  prefix: fc.constant('pump'),
  startMs: fc.constant(Date.parse('2026-01-01T00:00:00Z')),
  seed: fc.string(),
  devices: fc.integer({ min: 1, max: 50 }),
  ratePerSecond: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
  authFailureRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  burst: fc.option(fc.record({ size: fc.integer({ min: 1, max: 60 }), everyMs: fc.integer({ min: 1, max: 5_000 }) }), {
    nil: undefined,
  }),
  isDated: fc.boolean(),
});

function take(given: FleetOptions, count = 60): SimulatedEvent[] {
  const events = simulateFleet(given);
  return Array.from({ length: count }, () => events.next().value);
}

describe('simulateFleet', () => {
  it('makes the same events for the same seed, and others for another', () => {
    fc.assert(
      fc.property(options, (given) => {
        expect(take(given)).toEqual(take(given));
        const unhurried = { ...given, burst: undefined };
        const [one, two] = [take(unhurried), take({ ...unhurried, seed: `${given.seed}+` })];
        expect(two.map(({ atMs }) => atMs)).not.toEqual(one.map(({ atMs }) => atMs));
      }),
      { numRuns: 50 },
    );
  });

  it('makes events that the intake accepts, in the order of their time', () => {
    const types = new EventTypes();
    fc.assert(
      fc.property(options, (given) => {
        const events = take(given);
        for (const { json } of events) {
          const read = normaliseBody(Buffer.from(json), { organization, nowMs: 0, types, maxEventBytes: 262_144 });
          expect(read.kind === 'refused' ? read.errors : undefined).toBeUndefined();
        }
        const times = events.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((left, right) => left - right));
      }),
      { numRuns: 50 },
    );
  });

  it('lets no device do what it cannot do', () => {
    fc.assert(
      fc.property(options, (given) => {
        const online = new Set<string>();
        const claimed = new Set<string>();
        for (const { name, json } of take(given, 200)) {
          const event = JSON.parse(json) as { data: { data: { device: { prn: string } } } };
          const { prn } = event.data.data.device;
          const isGreeting = name === 'device.connected' || name === 'device.authentication_failed';
          expect([name, online.has(prn)]).toEqual([name, !isGreeting]);
          expect(name !== 'device.release_changed' || claimed.has(prn)).toBe(true);
          if (name === 'device.connected') online.add(prn);
          if (name === 'device.disconnected') online.delete(prn);
          if (name === 'device.claimed_release') claimed.add(prn);
          else claimed.delete(prn);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps to its rate, and bursts on time', () => {
    const given: FleetOptions = {
      organization,
      prefix: 'pump',
      startMs: 0,
      seed: 'rate',
      devices: 100,
      ratePerSecond: 50,
      authFailureRatio: 0,
      burst: { size: 40, everyMs: 10_000 },
      isDated: false,
    };
    const events = take(given, 4_000).filter(({ atMs }) => atMs < 40_000);
    expect(events.filter(({ atMs }) => atMs % 10_000 === 0)).toHaveLength(120);
    expect((events.length - 120) / 40).toBeGreaterThan(45);
    expect((events.length - 120) / 40).toBeLessThan(55);
  });
});
