import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import * as fc from 'fast-check';
import {
  FAILING_HOURS_KEPT_MS,
  HOUR_MS,
  mergeHealth,
  STRUGGLING_KEPT_MS,
  type WebhookHealth,
} from './webhook-health.js';

const webhook = newPrn(newOrganizationPrn(), 'webhook');
const NOTHING: WebhookHealth = {
  webhook,
  lastSuccessAtMs: undefined,
  lastFailureAtMs: undefined,
  lastHorizonAtMs: undefined,
  failingHoursMs: [],
  struggling: undefined,
};

// A few hours, in which attempts meet within an hour, and now and then a month later, where what was before is forgotten.
const START_MS = Date.UTC(2026, 0, 1);
const atMs = fc
  .record({ quarters: fc.integer({ min: 0, max: 20 }), months: fc.constantFrom(0, 0, 0, 1) })
  .map(({ quarters, months }) => START_MS + (quarters * HOUR_MS) / 4 + months * FAILING_HOURS_KEPT_MS);

const success = atMs.map((at): WebhookHealth => ({ ...NOTHING, lastSuccessAtMs: at }));
const failure = fc
  .record({
    at: atMs,
    tries: fc.constantFrom(1, 4),
    delivery: fc.constantFrom('a', 'b'),
    status: fc.constantFrom(500, undefined),
  })
  .map(({ at, tries, delivery, status }): WebhookHealth => ({
    ...NOTHING,
    lastFailureAtMs: at,
    failingHoursMs: [at],
    struggling: tries < 4 ? undefined : { atMs: at, delivery, outcome: 'http_status', status },
  }));
const horizon = atMs.map((at): WebhookHealth => ({ ...NOTHING, lastHorizonAtMs: at }));
const healths = fc.array(fc.oneof(success, failure, horizon), { minLength: 1, maxLength: 10 });

const fold = (all: readonly WebhookHealth[]): WebhookHealth => all.reduce(mergeHealth, NOTHING);

describe('mergeHealth', () => {
  it('comes to the same in whatever order the attempts come', () => {
    fc.assert(
      fc.property(
        healths.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(fold(shuffled)).toEqual(fold(all));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('comes to the same however the attempts are batched', () => {
    fc.assert(
      fc.property(healths, healths, healths, (one, two, three) => {
        const batched = mergeHealth(fold(one), mergeHealth(fold(two), fold(three)));
        expect(batched).toEqual(fold([...one, ...two, ...three]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not moved by what comes again', () => {
    fc.assert(
      fc.property(healths, healths, (one, two) => {
        const all = fold([...one, ...two]);
        expect(mergeHealth(all, fold(two))).toEqual(all);
      }),
      { numRuns: 1_000 },
    );
  });

  it('knows what a look at all attempts at once would: the failures after the last success', () => {
    fc.assert(
      fc.property(healths, (all) => {
        const merged = fold(all);
        const successes = all.flatMap(({ lastSuccessAtMs }) => lastSuccessAtMs ?? []);
        const failures = all.flatMap(({ lastFailureAtMs }) => lastFailureAtMs ?? []);
        const lastSuccess = Math.max(0, ...successes);
        const counted = failures.filter((at) => at > lastSuccess && at > Math.max(...failures) - FAILING_HOURS_KEPT_MS);
        const hours = new Set(counted.map((at) => Math.floor(at / HOUR_MS)));
        expect(merged.failingHoursMs).toEqual(
          [...hours]
            .toSorted((one, other) => one - other)
            .map((hour) => Math.max(...counted.filter((at) => Math.floor(at / HOUR_MS) === hour))),
        );
        const struggles = all.flatMap(({ struggling }) => struggling?.atMs ?? []);
        const lastStruggle = Math.max(0, ...struggles);
        expect(merged.struggling?.atMs ?? 0).toBe(lastStruggle > lastSuccess - STRUGGLING_KEPT_MS ? lastStruggle : 0);
      }),
      { numRuns: 1_000 },
    );
  });
});
