import type { Metrics } from '@fleethook/observability';
import { OUTCOME_KINDS, type Outcome } from '@fleethook/retry';
import type { EndedAttempt } from './attempt.js';

type Kind = Outcome['kind'];

/** Counts attempts. A label set is hashed at every look-up: so each is looked up once. */
export class AttemptMetrics {
  readonly #byOutcome;
  readonly #firstAttemptDelay;
  readonly #successDelay;

  constructor(metrics: Metrics) {
    const { attempts, attemptDuration } = metrics;
    for (const outcome of OUTCOME_KINDS) for (const one of ['first', 'retry']) attempts.inc({ outcome, try: one }, 0);
    this.#firstAttemptDelay = metrics.eventToFirstAttempt;
    this.#successDelay = metrics.eventToDelivered;
    this.#byOutcome = new Map<Kind, ReturnType<typeof childrenOf>>();
    for (const outcome of OUTCOME_KINDS)
      this.#byOutcome.set(outcome, childrenOf({ attempts, attemptDuration }, outcome));
  }

  note({ message, outcome, result, startedAtMs }: EndedAttempt): void {
    const children = this.#byOutcome.get(outcome.kind);
    const isFirst = message.attempt === 1;
    (isFirst ? children?.first : children?.retry)?.inc();
    children?.duration.observe(result.latencyMs / 1_000);
    const ageMs = startedAtMs - message.acceptedAtMs;
    // A resend or a replay says nothing about how long an event took.
    if (message.series !== undefined) return;
    if (isFirst) this.#firstAttemptDelay.observe(Math.max(0, ageMs) / 1_000);
    if (outcome.kind === 'delivered') this.#successDelay.observe(Math.max(0, ageMs + result.latencyMs) / 1_000);
  }
}

function childrenOf({ attempts, attemptDuration }: Pick<Metrics, 'attempts' | 'attemptDuration'>, outcome: Kind) {
  return {
    first: attempts.labels({ outcome, try: 'first' }),
    retry: attempts.labels({ outcome, try: 'retry' }),
    duration: attemptDuration.labels({ outcome }),
  };
}
