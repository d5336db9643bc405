import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { OrganizationRate } from './organization-rate.js';

/** A rate whose time is what the test says. */
function rateOf(eventsPerSecond: number): { rate: OrganizationRate; at: (nowMs: number) => OrganizationRate } {
  let clockMs = 0;
  const rate = new OrganizationRate(eventsPerSecond, () => clockMs);
  return {
    rate,
    at: (nowMs) => {
      clockMs = nowMs;
      return rate;
    },
  };
}

describe('OrganizationRate', () => {
  it('lets a request overdraw, and waits until the debt is paid', () => {
    const { rate, at } = rateOf(100);
    expect(rate.waitSeconds('a')).toBeUndefined();
    rate.spend('a', 600);
    expect(rate.waitSeconds('a')).toBe(6);
    expect(at(4_000).waitSeconds('a')).toBe(2);
    expect(at(5_010).waitSeconds('a')).toBeUndefined();
    expect(rate.waitSeconds('b')).toBeUndefined();
  });

  it('saves no more than a second', () => {
    const { rate, at } = rateOf(10);
    rate.spend('a', 0);
    at(3_600_000).spend('a', 10);
    expect(rate.waitSeconds('a')).toBe(1);
  });

  it('holds the rate on average', () => {
    const { at } = rateOf(50);
    let taken = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 7) {
      const rate = at(nowMs);
      if (rate.waitSeconds('a') !== undefined) continue;
      rate.spend('a', 20);
      taken += 20;
    }
    expect(taken / 60).toBeGreaterThan(48);
    expect(taken / 60).toBeLessThan(53);
  });

  it('holds it for requests that overlap', () => {
    const clients = fc.array(
      fc.record({
        beginsMs: fc.nat(100),
        lastsMs: fc.integer({ min: 1, max: 500 }),
        events: fc.integer({ min: 1, max: 30 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), clients, (eventsPerSecond, together) => {
        const { at } = rateOf(eventsPerSecond);
        /** Per client, when its request ends; undefined between requests. */
        const ends = together.map((): number | undefined => undefined);
        let accepted = 0;
        for (let nowMs = 0; nowMs < 5_000; nowMs += 1) {
          const rate = at(nowMs);
          for (const [index, { beginsMs, lastsMs, events }] of together.entries()) {
            if (ends[index] === nowMs) {
              rate.spend('a', events);
              accepted += events;
              ends[index] = undefined;
            }
            if (ends[index] === undefined && nowMs >= beginsMs && rate.waitSeconds('a') === undefined)
              ends[index] = nowMs + lastsMs;
          }
          const underWay = together.reduce((sum, { events }) => sum + events, 0);
          expect(accepted).toBeLessThanOrEqual(eventsPerSecond * (1 + nowMs / 1_000) + underWay);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is off at 0', () => {
    const { rate } = rateOf(0);
    rate.spend('a', 1_000_000);
    expect(rate.waitSeconds('a')).toBeUndefined();
  });
});
