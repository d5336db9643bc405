import type { Outcome } from '@fleethook/retry';
import type { DeferralReason } from '../retry/retry-sink.js';
import type { Webhook } from '../webhook.js';

/** Whether the next delivery of a lane may be attempted now. */
export type GateDecision =
  | { readonly kind: 'run' }
  /** The lane stands still for so long, nothing is moved. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** This delivery is put off for about so long, and the next one is looked at. */
  | { readonly kind: 'defer'; readonly reason: DeferralReason; readonly waitMs: number };

export const RUN: GateDecision = { kind: 'run' };

/** Stands before the attempts of one lane: the place of circuit breaker and rate limit. */
export interface LaneGate {
  /** The webhook's settings, first and whenever they changed. */
  configure(webhook: Webhook): void;
  /** Asked when a delivery and a slot for it are there; after `run`, `ended` follows exactly once. */
  admit(nowMs: number): GateDecision;
  /** Undefined: no attempt was made after all. */
  ended(outcome: Outcome | undefined, nowMs: number): void;
  /** Its state is as good as new: an idle lane need not be kept for it. */
  isForgettable(nowMs: number): boolean;
}

/** Makes the gate of each new lane. */
export abstract class LaneGates {
  abstract create(): LaneGate;
}

/** Holds nobody back. */
export class OpenGates extends LaneGates {
  create(): LaneGate {
    return OPEN_GATE;
  }
}

const OPEN_GATE: LaneGate = {
  configure: () => {},
  admit: () => RUN,
  ended: () => {},
  isForgettable: () => true,
};
