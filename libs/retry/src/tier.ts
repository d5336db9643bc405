import type { Schedule } from './schedule.js';

/**
 * The longest tier that is over before a wait is; undefined when even the shortest would take too long. Never a longer wait in a shorter
 * tier's topic: that would hold up what is behind it.
 */
export function fittingTier(schedule: Schedule, waitMs: number): number | undefined {
  return schedule.delaysMs.findLast((delayMs) => delayMs <= waitMs);
}

/** The shortest tier that is at least as long as the expected wait, else the longest: a record should be put off once, not again and again. */
export function deferralTier(schedule: Schedule, expectedWaitMs: number): number {
  return (
    schedule.delaysMs.find((delayMs) => delayMs >= expectedWaitMs) ?? schedule.delaysMs.at(-1) ?? schedule.horizonMs
  );
}
