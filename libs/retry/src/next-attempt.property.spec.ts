import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_RETRY_AFTER_MS, nextAttempt } from './next-attempt.js';
import { DEFAULT_SCHEDULE, delayAfter, scheduleOf, shortestDelay, type Schedule } from './schedule.js';
import { dueAt, nextHop } from './waiting.js';

const FIRST_AT_MS = 1_700_000_000_000;

interface Chance {
  /** Of the jitter. */
  readonly random: number;
  /** Of the attempt and of what a tier is late. */
  readonly lateMs: number;
  readonly retryAfterMs?: number | undefined;
}

const chance = (maxLateMs: number) =>
  fc.record({
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    lateMs: fc.nat({ max: maxLateMs }),
  });

/** Delays that grow by a factor of 2 to 8, a horizon of at most some hundred of the longest. */
const schedules = fc
  .record({
    firstMs: fc.integer({ min: 100, max: 600_000 }),
    factors: fc.array(fc.double({ min: 2, max: 8, noNaN: true }), { maxLength: 6 }),
    horizonMs: fc.integer({ min: 60_000, max: 259_200_000 }),
  })
  .map(({ firstMs, factors, horizonMs }) => {
    const delaysMs = [firstMs];
    for (const factor of factors) delaysMs.push(Math.ceil((delaysMs.at(-1) ?? 0) * factor));
    return scheduleOf(delaysMs, Math.min(horizonMs, 100 * (delaysMs.at(-1) ?? 0)));
  });

/** Fails every attempt, and answers when each one began. */
function attemptsOf(schedule: Schedule, chances: readonly Chance[]): number[] {
  const beganAtMs = [FIRST_AT_MS];
  let nowMs = FIRST_AT_MS;
  for (;;) {
    const { random, lateMs, retryAfterMs } = chances[beganAtMs.length % chances.length] ?? { random: 0, lateMs: 0 };
    nowMs += lateMs;
    const next = nextAttempt(schedule, {
      attempt: beganAtMs.length,
      firstAttemptAtMs: FIRST_AT_MS,
      nowMs,
      outcome: { kind: 'http_status', status: 503, retryAfterMs },
      random: () => random,
    });
    if (next.kind === 'dead') return beganAtMs;
    nowMs = waitInTiers(schedule, next, nowMs);
    beganAtMs.push(nowMs);
  }
}

/** What the tiers do with a record, on a clock that is never late. */
function waitInTiers(
  schedule: Schedule,
  wait: { tierMs: number; jitterMs: number; notBeforeMs?: number },
  fromMs: number,
): number {
  let record = { tierMs: wait.tierMs, jitterMs: wait.jitterMs, notBeforeMs: wait.notBeforeMs };
  let nowMs = fromMs;
  for (let hops = 0; hops < 10_000; hops++) {
    nowMs = dueAt(schedule, { ...record, appendedAtMs: nowMs }, nowMs);
    const hop = nextHop(schedule, record.notBeforeMs, nowMs);
    if (hop === undefined) return nowMs;
    record = { tierMs: hop, jitterMs: 0, notBeforeMs: record.notBeforeMs };
  }
  throw new Error('a record hops for ever');
}

describe('the default schedule', () => {
  it('makes 15 attempts in all, the last one at the horizon, whatever jitter and latency do', () => {
    fc.assert(
      fc.property(fc.array(chance(10_000), { minLength: 15, maxLength: 15 }), (chances) => {
        const attempts = attemptsOf(DEFAULT_SCHEDULE, chances);
        expect(attempts).toHaveLength(15);
        expect(attempts.at(-1)).toBe(FIRST_AT_MS + DEFAULT_SCHEDULE.horizonMs);
      }),
    );
  });
});

describe('any schedule', () => {
  it('never tries early, and never after the horizon', () => {
    fc.assert(
      fc.property(schedules, fc.array(chance(0), { minLength: 1, maxLength: 20 }), (schedule, chances) => {
        const attempts = attemptsOf(schedule, chances);
        const horizonMs = FIRST_AT_MS + schedule.horizonMs;
        const lastMs = attempts.at(-1) ?? 0;
        expect(lastMs).toBeLessThanOrEqual(horizonMs);
        expect(horizonMs - lastMs).toBeLessThan(shortestDelay(schedule));
        for (const [index, atMs] of attempts.slice(1).entries()) {
          const waitedMs = atMs - (attempts[index] ?? 0);
          const delayMs = delayAfter(schedule, index + 1);
          expect(waitedMs).toBeGreaterThanOrEqual(atMs < horizonMs ? delayMs : 0);
          expect(waitedMs).toBeLessThanOrEqual(delayMs * 1.1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps to Retry-After, up to its cap and the horizon', () => {
    const asking = fc
      .tuple(chance(0), fc.integer({ min: 0, max: 2 * MAX_RETRY_AFTER_MS }))
      .map(([rest, retryAfterMs]) => ({ ...rest, retryAfterMs }));
    fc.assert(
      fc.property(fc.array(asking, { minLength: 1, maxLength: 20 }), (chances) => {
        const attempts = attemptsOf(DEFAULT_SCHEDULE, chances);
        const horizonMs = FIRST_AT_MS + DEFAULT_SCHEDULE.horizonMs;
        for (const [index, atMs] of attempts.slice(1).entries()) {
          const askedMs = chances[(index + 1) % chances.length]?.retryAfterMs ?? 0;
          const floorMs = (attempts[index] ?? 0) + Math.min(askedMs, MAX_RETRY_AFTER_MS);
          expect(atMs).toBeGreaterThanOrEqual(Math.min(floorMs, horizonMs));
        }
      }),
    );
  });

  it('puts a wait into a tier that is over in time, and bounds what a clock or a header can do', () => {
    fc.assert(
      fc.property(
        schedules,
        fc.nat({ max: 9 }),
        fc.nat(),
        fc.option(fc.nat({ max: 2_000_000_000 }), { nil: undefined }),
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        (schedule, tier, jitter, notBefore, skewMs) => {
          const tierMs = schedule.delaysMs[tier % schedule.delaysMs.length] ?? 0;
          const notBeforeMs = notBefore === undefined ? undefined : FIRST_AT_MS + notBefore;
          const dueMs = dueAt(
            schedule,
            { appendedAtMs: FIRST_AT_MS + skewMs, tierMs, jitterMs: jitter, notBeforeMs },
            FIRST_AT_MS,
          );
          expect(dueMs - FIRST_AT_MS).toBeLessThanOrEqual(tierMs * 1.1 + shortestDelay(schedule));
          const hop = nextHop(schedule, notBeforeMs, FIRST_AT_MS);
          const leftMs = (notBeforeMs ?? 0) - FIRST_AT_MS;
          expect(hop ?? 0).toBeLessThanOrEqual(Math.max(0, leftMs));
          expect(hop === undefined).toBe(leftMs < shortestDelay(schedule));
        },
      ),
    );
  });
});
