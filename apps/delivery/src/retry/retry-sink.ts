import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import type { NextAttempt } from '@fleethook/retry';

/** Why a delivery is put off without using up an attempt. */
export const DEFERRAL_REASONS = [
  'lane_full',
  'rate_limited',
  'breaker_open',
  'not_yet_due',
  /** It is another lane's of its webhook. */
  'lane_moved',
  /** As far as one can tell: that it was enabled may not have arrived. */
  'webhook_disabled',
  /** Its configuration has not arrived, as far as one can tell. */
  'webhook_unknown',
  /** None of our keys opens its secret. */
  'secret_unreadable',
] as const;

export type DeferralReason = (typeof DEFERRAL_REASONS)[number];

/** Where deliveries wait. */
export abstract class RetrySink {
  /** The record that waits for the next attempt, for whoever writes it together with the failed one. @param reason the outcome, in a word */
  abstract retryOf(
    message: DeliveryMessage,
    next: Extract<NextAttempt, { kind: 'retry' }>,
    firstAttemptAtMs: number,
    reason: string,
  ): OutgoingRecord;

  /** Puts a delivery off for about as long as `waitMs`, but no less. */
  abstract defer(record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void;

  /** Puts a delivery off for `waitMs` to the moment, through as many tiers as that takes. */
  abstract postpone(record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void;

  /** Its horizon is over: one more attempt, and it is delivered or dead. */
  abstract isFinal(message: DeliveryMessage): boolean;

  /** Its horizon is over, and so is the time in which it could have that attempt. */
  abstract isOver(message: DeliveryMessage): boolean;

  /** Ends it without an attempt: it is dead. */
  abstract end(record: KafkaRecord, message: DeliveryMessage): void;
}
