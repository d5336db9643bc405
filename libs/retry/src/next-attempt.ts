import { jitterMs } from './jitter.js';
import { classOf, type Outcome } from './outcome.js';
import { delayAfter, shortestDelay, type Schedule } from './schedule.js';
import { fittingTier } from './tier.js';

/** `Retry-After` is a floor that we keep to, within reason. */
export const MAX_RETRY_AFTER_MS = 12 * 60 * 60 * 1_000;

export interface FailedAttempt {
  /** The attempt that has just ended, from 1. */
  readonly attempt: number;
  /** When the first one began: the horizon runs from here. */
  readonly firstAttemptAtMs: number;
  readonly nowMs: number;
  readonly outcome: Outcome;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
}

export type NextAttempt =
  | {
      readonly kind: 'retry';
      /** The delay of the tier to wait in, first. */
      readonly tierMs: number;
      /** On top of the tier's delay. */
      readonly jitterMs: number;
      /** Given when the tier alone is not the wait: not to be sent before, epoch milliseconds. */
      readonly notBeforeMs?: number;
      readonly dueAtMs: number;
    }
  | { readonly kind: 'dead'; readonly reason: 'horizon_reached' | 'gone' };

const GONE: NextAttempt = { kind: 'dead', reason: 'gone' };
const HORIZON_REACHED: NextAttempt = { kind: 'dead', reason: 'horizon_reached' };

/**
 * What follows a failed attempt: the schedule's next delay or what `Retry-After` asked for, the later of the two, 0 to 10 % longer, but
 * never beyond the horizon: the wait that would pass it is cut, so that a last try falls there.
 */
export function nextAttempt(schedule: Schedule, failed: FailedAttempt): NextAttempt {
  const { outcome, nowMs } = failed;
  if (!classOf(outcome).retriable) return GONE;
  const leftMs = failed.firstAttemptAtMs + schedule.horizonMs - nowMs;
  if (leftMs < shortestDelay(schedule)) return HORIZON_REACHED;

  const delayMs = delayAfter(schedule, failed.attempt);
  const askedMs = outcome.kind === 'http_status' ? Math.min(outcome.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
  const waitMs = Math.max(delayMs, askedMs);
  if (waitMs >= leftMs) return waitFor(schedule, nowMs, leftMs);
  const extraMs = Math.min(jitterMs(waitMs, failed.random), leftMs - waitMs);
  if (waitMs > delayMs) return waitFor(schedule, nowMs, waitMs + extraMs);
  return { kind: 'retry', tierMs: delayMs, jitterMs: extraMs, dueAtMs: nowMs + delayMs + extraMs };
}

/** A wait that no tier is made for: the longest tier within it, and the time itself beside. */
function waitFor(schedule: Schedule, nowMs: number, waitMs: number): NextAttempt {
  const tierMs = fittingTier(schedule, waitMs) ?? shortestDelay(schedule);
  const dueAtMs = nowMs + waitMs;
  if (tierMs === waitMs) return { kind: 'retry', tierMs, jitterMs: 0, dueAtMs };
  return { kind: 'retry', tierMs, jitterMs: 0, notBeforeMs: dueAtMs, dueAtMs };
}
