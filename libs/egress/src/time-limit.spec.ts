import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { limitTime } from './time-limit.js';

describe('a time limit', () => {
  const told: (number | undefined)[] = [];
  let nowMs = 0;

  beforeEach(() => {
    told.length = 0;
    nowMs = 1_000;
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Its timer fires so much later than it was started. @returns what was told before anything else had its turn */
  function strikeAfter(elapsedMs: number): (number | undefined)[] {
    limitTime({ timeLimitReached: (dueAtMs) => told.push(dueAtMs) }, 100);
    nowMs += elapsedMs;
    jest.runOnlyPendingTimers();
    const atOnce = told.slice();
    jest.runOnlyPendingTimers();
    return atOnce;
  }

  it.each([100, 150])('that strikes in time, after %i of 100 ms, is told at once', (elapsedMs) => {
    expect(strikeAfter(elapsedMs)).toEqual([undefined]);
    expect(told).toEqual([undefined]);
  });

  it('that strikes late is told after what has come was looked at, with when it was due', () => {
    expect(strikeAfter(151)).toEqual([]);
    expect(told).toEqual([1_100]);
  });
});
