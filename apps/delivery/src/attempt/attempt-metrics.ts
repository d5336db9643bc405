import type { Metrics } from '@fleethook/observability';
import { OUTCOME_KINDS, type Outcome } from '@fleethook/retry';
import type { EndedAttempt } from './attempt.js';

type Kind = Outcome['kind'];

/** Counts attempts. A label set is hashed at every look-up: so each is looked up once. */
export class AttemptMetrics {
  readonly #byOutcome;

  constructor(private readonly metrics: Metrics) {
    const { attempts, attemptDuration } = metrics;
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
    if (isFirst) this.metrics.eventToFirstAttempt.observe(Math.max(0, ageMs) / 1_000);
    if (outcome.kind === 'delivered')
      this.metrics.eventToDelivered.observe(Math.max(0, ageMs + result.latencyMs) / 1_000);
  }
}

function childrenOf({ attempts, attemptDuration }: Pick<Metrics, 'attempts' | 'attemptDuration'>, outcome: Kind) {
  return {
    first: attempts.labels({ outcome, try: 'first' }),
    retry: attempts.labels({ outcome, try: 'retry' }),
    duration: attemptDuration.labels({ outcome }),
  };
}
