import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';
import { Database } from './database.js';
import { StoreError } from './store-error.js';

const DAY_MS = 86_400_000;
const startMs = Date.UTC(2026, 10, 28);

let asked: number;
let aheadMs: number;
let isAway: boolean;
let clock: DatabaseClock;

beforeEach(() => {
  jest.useFakeTimers({ now: startMs });
  [asked, aheadMs, isAway] = [0, 40 * DAY_MS, false];
  const run = (): Promise<[{ ms: number }]> => {
    asked++;
    if (isAway) return Promise.reject(new StoreError('DATABASE_UNAVAILABLE', 'test'));
    return Promise.resolve([{ ms: Date.now() + aheadMs }]);
  };
  clock = new DatabaseClock(Object.create(Database.prototype, { run: { value: run } }) as Database);
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the clock of PostgreSQL', () => {
  it('is asked once a minute, and counted on in between', async () => {
    for (let passedMs = 0; passedMs < 60_000; passedMs += 1_000) {
      expect(await clock.nowMs()).toBe(startMs + 40 * DAY_MS + passedMs);
      jest.advanceTimersByTime(1_000);
    }
    expect(asked).toBe(1);
    aheadMs = 0;
    expect(await clock.nowMs()).toBe(startMs + 60_000);
    expect(asked).toBe(2);
  });

  it.each([
    ['back', -3_600_000],
    ['forward', 50 * DAY_MS],
  ])('is asked again once the machine’s own is set %s', async (_, byMs) => {
    await clock.nowMs();
    jest.setSystemTime(startMs + byMs);
    aheadMs = 1_000;
    expect(await clock.nowMs()).toBe(startMs + byMs + 1_000);
  });

  it('tells nothing while it cannot be asked, and is asked again the next time', async () => {
    isAway = true;
    await expect(clock.nowMs()).rejects.toThrow(StoreError);
    isAway = false;
    expect(await clock.nowMs()).toBe(startMs + 40 * DAY_MS);
  });
});
