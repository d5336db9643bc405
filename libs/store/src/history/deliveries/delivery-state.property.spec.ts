import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import * as fc from 'fast-check';
import { mergeDeliveryStates, type DeliveryState } from './delivery-state.js';

const organization = newOrganizationPrn();
const key = {
  webhook: newPrn(organization, 'webhook'),
  acceptedAtMs: 1_700_000_000_000,
  delivery: '6f3f6a52-6d8f-5d0c-9a55-2b6f1c7d9e10',
  series: '',
  event: newPrn(organization, 'event'),
  name: parseEventName('device.connected'),
};
const noAttempt = {
  attemptCount: 0,
  lastAttemptedAtMs: undefined,
  outcome: undefined,
  responseStatus: undefined,
  deliveredAtMs: undefined,
  nextAttemptAtMs: undefined,
};

// Small ranges, so that attempts repeat, tie and overtake each other.
const startedAtMs = fc.integer({ min: 1, max: 6 });
const attemptCount = fc.integer({ min: 1, max: 4 });
const alive = { deadAtMs: undefined, deadReason: undefined };

const success = fc
  .record({ attemptCount, lastAttemptedAtMs: startedAtMs, latency: fc.integer({ min: 0, max: 3 }) })
  .map(({ latency, ...rest }): DeliveryState => ({
    ...key,
    ...rest,
    ...alive,
    outcome: 'delivered',
    responseStatus: 200,
    deliveredAtMs: rest.lastAttemptedAtMs + latency,
    nextAttemptAtMs: undefined,
  }));
const failure = fc
  .record({
    attemptCount,
    lastAttemptedAtMs: startedAtMs,
    outcome: fc.constantFrom('http_status', 'timeout'),
    responseStatus: fc.constantFrom(undefined, 500, 503),
    nextAttemptAtMs: fc.constantFrom(undefined, 7, 8),
  })
  .map((rest): DeliveryState => ({ ...key, ...rest, ...alive, deliveredAtMs: undefined }));
const death = fc
  .record({ deadAtMs: startedAtMs, deadReason: fc.constantFrom('horizon_reached', 'gone') })
  .map((rest): DeliveryState => ({ ...key, ...noAttempt, ...rest }));
const state = fc.oneof(success, failure, death);

const states: fc.Arbitrary<DeliveryState[]> = fc.array(state, { minLength: 1, maxLength: 8 });

function fold(all: readonly DeliveryState[]): DeliveryState {
  return all.reduce(mergeDeliveryStates);
}

describe('mergeDeliveryStates', () => {
  it('gives the same row in whatever order the records come', () => {
    fc.assert(
      fc.property(
        states.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(fold(shuffled)).toEqual(fold(all));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('gives the same row however the records are batched', () => {
    fc.assert(
      fc.property(states, states, states, (one, two, three) => {
        const batched = mergeDeliveryStates(fold(one), mergeDeliveryStates(fold(two), fold(three)));
        expect(batched).toEqual(fold([...one, ...two, ...three]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not moved by a record that comes again', () => {
    fc.assert(
      fc.property(states, fc.nat(), (all, pick) => {
        const again = all[pick % all.length];
        expect(again === undefined ? undefined : mergeDeliveryStates(fold(all), again)).toEqual(fold(all));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never takes a success back, and keeps the earliest', () => {
    fc.assert(
      fc.property(states, (all) => {
        const successes = all.flatMap(({ deliveredAtMs }) => deliveredAtMs ?? []);
        expect(fold(all).deliveredAtMs).toBe(successes.length === 0 ? undefined : Math.min(...successes));
      }),
    );
  });

  it('shows the latest attempt of a delivery that is not delivered, and the earliest death', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(failure, death), { minLength: 1 }), (all) => {
        const merged = fold(all);
        expect(merged.attemptCount).toBe(Math.max(...all.map((one) => one.attemptCount)));
        const deaths = all.flatMap(({ deadAtMs }) => deadAtMs ?? []);
        expect(merged.deadAtMs).toBe(deaths.length === 0 ? undefined : Math.min(...deaths));
      }),
    );
  });
});
