import type { EgressResult } from '@fleethook/egress';
import type { DeliveryMessage, NextStep } from '@fleethook/messages';
import type { Outcome } from '@fleethook/retry';

/** One attempt that has ended, and what follows it. */
export interface EndedAttempt {
  /** Of event and webhook: the same over attempts and replays. */
  readonly deliveryId: string;
  readonly message: DeliveryMessage;
  /** Of the webhook as the request was made of it. */
  readonly configVersion: number;
  readonly startedAtMs: number;
  readonly outcome: Outcome;
  readonly result: EgressResult;
  readonly next: NextStep;
  /** Undefined when tracing is off. */
  readonly trace: AttemptSpans | undefined;
}

/** The spans of an attempt, which end with it. */
export interface AttemptSpans {
  readonly traceId: string;
  ended(attempt: EndedAttempt): void;
}
