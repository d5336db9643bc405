import { Injectable } from '@nestjs/common';
import type { EgressResult } from '@fleethook/egress';
import { deliveryIdOf } from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import type { DeliveryMessage, NextStep } from '@fleethook/messages';
import { describeOutcome, nextAttempt, type Outcome } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { DeadLetters } from '../forwarding/dead-letters.js';
import { RetrySink } from '../retry/retry-sink.js';
import { Tiers } from '../retry/tiers.js';
import { WebhookDirectory } from '../webhook-directory.js';
import type { Webhook } from '../webhook.js';
import { AttemptReporter } from './attempt-reporter.js';
import type { AttemptSpans, EndedAttempt } from './attempt.js';
import { outcomeOf } from './outcome-of-response.js';

const NOTHING: NextStep = { kind: 'none' };

/** Decides what follows an attempt, and has it written. */
@Injectable()
export class AttemptFollowUp {
  constructor(
    private readonly tiers: Tiers,
    private readonly retries: RetrySink,
    private readonly deadLetters: DeadLetters,
    private readonly reporter: AttemptReporter,
    private readonly directory: WebhookDirectory,
    private readonly clock: Clock,
  ) {}

  ended(
    record: KafkaRecord,
    message: DeliveryMessage,
    webhook: Webhook,
    startedAtMs: number,
    result: EgressResult,
    trace: AttemptSpans | undefined,
  ): Outcome {
    const nowMs = this.clock.now();
    const outcome = this.#asOfNow(outcomeOf(result, nowMs), webhook);
    const deliveryId = deliveryIdOf(message.event, message.webhook);
    const attempt = { deliveryId, message, configVersion: webhook.version, startedAtMs, outcome, result, trace };
    if (outcome.kind === 'delivered') {
      this.reporter.reportSuccess(record, { ...attempt, next: NOTHING });
      return outcome;
    }
    if (outcome.kind === 'gone') this.directory.markGone(webhook);
    // Its slot is free for the next one meanwhile.
    record.onceSure(() => {
      if (record.mayForward) this.#failed(record, attempt, nowMs);
      else this.reporter.noteDropped(record, { ...attempt, next: NOTHING });
    });
    return outcome;
  }

  /** A 410 of an endpoint that is another by now, or was verified again meanwhile, is no word for ever: it is tried again like any other status. */
  #asOfNow(outcome: Outcome, webhook: Webhook): Outcome {
    if (outcome.kind !== 'gone' || !this.directory.isOutdated(webhook)) return outcome;
    return { kind: 'http_status', status: outcome.status };
  }

  #failed(record: KafkaRecord, attempt: Omit<EndedAttempt, 'next'>, nowMs: number): void {
    const { message, outcome } = attempt;
    const firstAttemptAtMs = message.firstAttemptAtMs ?? attempt.startedAtMs;
    const next = nextAttempt(this.tiers.schedule, {
      attempt: message.attempt,
      firstAttemptAtMs,
      nowMs,
      outcome,
      random: () => this.clock.random(),
    });
    const reason = describeOutcome(outcome);
    if (next.kind === 'dead') {
      const letter = this.deadLetters.letterOf({ ...message, firstAttemptAtMs, reason }, next.reason);
      this.reporter.reportFailure(record, { ...attempt, next }, letter);
      return;
    }
    const tier = this.tiers.withDelay(next.tierMs).label;
    this.reporter.reportFailure(
      record,
      { ...attempt, next: { kind: 'retry', tier, dueAtMs: next.dueAtMs } },
      this.retries.retryOf(message, next, firstAttemptAtMs, reason),
    );
  }
}
