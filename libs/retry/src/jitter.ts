/** Jitter only ever makes later: an early retry would break the receiver's rate limit. */
export const MAX_JITTER_RATIO = 0.1;

/** 0 to +10 % of a wait, whole milliseconds. @param random in [0, 1), as `Math.random` */
export function jitterMs(waitMs: number, random: () => number): number {
  return Math.floor(random() * waitMs * MAX_JITTER_RATIO);
}

/** The most that `jitterMs` can answer. */
export function maxJitterMs(waitMs: number): number {
  return Math.floor(waitMs * MAX_JITTER_RATIO);
}
