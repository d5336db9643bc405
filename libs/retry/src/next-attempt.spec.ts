import { describe, expect, it } from '@jest/globals';
import { nextAttempt, type FailedAttempt } from './next-attempt.js';
import { DEFAULT_SCHEDULE, scheduleOf } from './schedule.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST_AT_MS = 1_700_000_000_000;

const failed = (rest: Partial<FailedAttempt> = {}): FailedAttempt => ({
  attempt: 1,
  firstAttemptAtMs: FIRST_AT_MS,
  nowMs: FIRST_AT_MS,
  outcome: { kind: 'http_status', status: 500 },
  random: () => 0,
  ...rest,
});

const asked = (retryAfterMs: number, rest: Partial<FailedAttempt> = {}) =>
  nextAttempt(DEFAULT_SCHEDULE, failed({ outcome: { kind: 'http_status', status: 429, retryAfterMs }, ...rest }));

describe('the next attempt', () => {
  it('waits the schedule’s delay in the tier of that length', () => {
    expect(nextAttempt(DEFAULT_SCHEDULE, failed())).toEqual({
      kind: 'retry',
      tierMs: 5 * SECOND_MS,
      jitterMs: 0,
      dueAtMs: FIRST_AT_MS + 5 * SECOND_MS,
    });
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 11 }))).toMatchObject({ tierMs: 12 * HOUR_MS });
  });

  it('carries its jitter beside the tier, at most a tenth and never less than nothing', () => {
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 2, random: () => 0.999_999 }))).toEqual({
      kind: 'retry',
      tierMs: 30 * SECOND_MS,
      jitterMs: 2_999,
      dueAtMs: FIRST_AT_MS + 32_999,
    });
  });

  it('is final for 410 only', () => {
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ outcome: { kind: 'gone', status: 410 } }))).toEqual({
      kind: 'dead',
      reason: 'gone',
    });
    for (const status of [400, 401, 403, 404, 422, 429, 500, 503])
      expect(nextAttempt(DEFAULT_SCHEDULE, failed({ outcome: { kind: 'http_status', status } })).kind).toBe('retry');
  });

  it('cuts the last wait, so that it falls at the horizon', () => {
    const nowMs = FIRST_AT_MS + 63 * HOUR_MS + 42 * MINUTE_MS + 35 * SECOND_MS;
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 14, nowMs, random: () => 0.5 }))).toEqual({
      kind: 'retry',
      tierMs: 8 * HOUR_MS,
      jitterMs: 0,
      notBeforeMs: FIRST_AT_MS + 72 * HOUR_MS,
      dueAtMs: FIRST_AT_MS + 72 * HOUR_MS,
    });
  });

  it('ends when not even the shortest tier fits before the horizon', () => {
    const atHorizonMs = FIRST_AT_MS + 72 * HOUR_MS;
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 15, nowMs: atHorizonMs }))).toEqual({
      kind: 'dead',
      reason: 'horizon_reached',
    });
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 14, nowMs: atHorizonMs - 4_999 })).kind).toBe('dead');
    expect(nextAttempt(DEFAULT_SCHEDULE, failed({ attempt: 14, nowMs: atHorizonMs - 5_000 }))).toEqual({
      kind: 'retry',
      tierMs: 5 * SECOND_MS,
      jitterMs: 0,
      dueAtMs: atHorizonMs,
    });
  });

  it('keeps to Retry-After as a floor, in the longest tier within it', () => {
    expect(asked(3 * SECOND_MS)).toMatchObject({ tierMs: 5 * SECOND_MS, dueAtMs: FIRST_AT_MS + 5 * SECOND_MS });
    expect(asked(90 * SECOND_MS)).toEqual({
      kind: 'retry',
      tierMs: 30 * SECOND_MS,
      jitterMs: 0,
      notBeforeMs: FIRST_AT_MS + 90 * SECOND_MS,
      dueAtMs: FIRST_AT_MS + 90 * SECOND_MS,
    });
    expect(asked(48 * HOUR_MS)).toMatchObject({ tierMs: 12 * HOUR_MS, dueAtMs: FIRST_AT_MS + 12 * HOUR_MS });
    const nowMs = FIRST_AT_MS + 71 * HOUR_MS;
    expect(asked(2 * HOUR_MS, { nowMs })).toMatchObject({
      tierMs: HOUR_MS,
      dueAtMs: FIRST_AT_MS + 72 * HOUR_MS,
    });
  });

  it('copes with a schedule that is longer than its horizon', () => {
    const schedule = scheduleOf([300 * SECOND_MS], MINUTE_MS);
    expect(nextAttempt(schedule, failed())).toMatchObject({ tierMs: MINUTE_MS, dueAtMs: FIRST_AT_MS + MINUTE_MS });
    expect(nextAttempt(schedule, failed({ attempt: 2, nowMs: FIRST_AT_MS + MINUTE_MS })).kind).toBe('dead');
  });
});

describe('a schedule', () => {
  it('must grow and must not be empty', () => {
    expect(() => scheduleOf([], MINUTE_MS)).toThrow(RangeError);
    expect(() => scheduleOf([2, 2], MINUTE_MS)).toThrow(RangeError);
    expect(() => scheduleOf([0], MINUTE_MS)).toThrow(RangeError);
  });
});
