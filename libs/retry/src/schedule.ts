/**
 * When a delivery is tried again. With the default delays and a horizon of 72 h, without jitter:
 *
 * | attempt | delay before it | since the first attempt |
 * |---|---|---|
 * | 1  |            | 0           |
 * | 2  | 5 s        | 5 s         |
 * | 3  | 30 s       | 35 s        |
 * | 4  | 2 m        | 2 m 35 s    |
 * | 5  | 10 m       | 12 m 35 s   |
 * | 6  | 30 m       | 42 m 35 s   |
 * | 7  | 1 h        | 1 h 42 m    |
 * | 8  | 2 h        | 3 h 42 m    |
 * | 9  | 4 h        | 7 h 42 m    |
 * | 10 | 8 h        | 15 h 42 m   |
 * | 11 | 12 h       | 27 h 42 m   |
 * | 12 | 12 h       | 39 h 42 m   |
 * | 13 | 12 h       | 51 h 42 m   |
 * | 14 | 12 h       | 63 h 42 m   |
 * | 15 | 8 h 17 m (cut) | 72 h    |
 *
 * Jitter makes each wait up to 10 % longer, the last one shorter: the fifteenth still falls at the horizon.
 */
export interface Schedule {
  /** Growing; the last repeats until the horizon. Each is also a tier: a topic whose records wait for so long. */
  readonly delaysMs: readonly number[];
  /** From the first attempt to the last. */
  readonly horizonMs: number;
}

/** @throws RangeError when there is no delay, or they do not grow */
export function scheduleOf(delaysMs: readonly number[], horizonMs: number): Schedule {
  if (delaysMs.length === 0) throw new RangeError('a retry schedule needs at least one delay');
  delaysMs.forEach((delayMs, index) => {
    if (!(delayMs > (delaysMs[index - 1] ?? 0))) throw new RangeError('the delays of a retry schedule must grow');
  });
  // A delay beyond the horizon could never be waited for in full: it is cut to it.
  const within = delaysMs.filter((delayMs) => delayMs < horizonMs);
  return { delaysMs: within.length < delaysMs.length ? [...within, horizonMs] : within, horizonMs };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export const DEFAULT_SCHEDULE: Schedule = scheduleOf(
  [
    5 * SECOND_MS,
    30 * SECOND_MS,
    2 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    4 * HOUR_MS,
    8 * HOUR_MS,
    12 * HOUR_MS,
  ],
  72 * HOUR_MS,
);

/** The delay that follows the attempt of this number, from 1. */
export function delayAfter(schedule: Schedule, attempt: number): number {
  const { delaysMs } = schedule;
  return delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? shortestDelay(schedule);
}

/** What is left below this is not worth, or not able, to wait for in a tier. */
export function shortestDelay(schedule: Schedule): number {
  return schedule.delaysMs[0] ?? schedule.horizonMs;
}
