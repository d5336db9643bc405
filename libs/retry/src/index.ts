export {
  classOf,
  describeOutcome,
  OUTCOME_KINDS,
  outcomeOfStatus,
  TIMEOUT_STAGES,
  type Outcome,
  type OutcomeClass,
  type TimeoutStage,
} from './outcome.js';
export { parseRetryAfter } from './retry-after.js';
export { jitterMs, MAX_JITTER_RATIO, maxJitterMs } from './jitter.js';
export { DEFAULT_SCHEDULE, delayAfter, scheduleOf, shortestDelay, type Schedule } from './schedule.js';
export { deferralTier, fittingTier } from './tier.js';
export { MAX_RETRY_AFTER_MS, nextAttempt, type FailedAttempt, type NextAttempt } from './next-attempt.js';
export { dueAt, nextHop, waitsInPlace, type WaitingRecord } from './waiting.js';
