import type { Outcome } from '@fleethook/retry';
import type { DeferralReason } from '../retry/retry-sink.js';
import type { Webhook } from '../webhook.js';

/** Whether the next delivery of a lane may be attempted now. */
export type GateDecision =
  | { readonly kind: 'run' }
  /** The lane stands still for so long, nothing is moved. `Infinity`: until one of its attempts ends. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** This delivery is put off for about so long, and the next one is looked at. */
  | { readonly kind: 'defer'; readonly reason: DeferralReason; readonly waitMs: number };

export const RUN: GateDecision = { kind: 'run' };
/** Only while the lane has an attempt in flight. */
export const UNTIL_ENDED: GateDecision = { kind: 'wait', waitMs: Infinity };

/** What waits in a lane. */
export interface LaneQueue {
  readonly freshWaiting: number;
  readonly againWaiting: number;
}

/** Stands before the attempts of one lane: the place of circuit breaker and rate limit. Its times are `Clock.elapsed`. */
export interface LaneGate {
  /** The webhook's settings, first and whenever they changed. */
  configure(webhook: Webhook): void;
  /** Asked when a delivery and a slot for it are there; after `run`, `ended` follows exactly once. */
  admit(nowMs: number): GateDecision;
  /** An attempt is to be made though `admit` has said `defer`. @returns 0: now, and `ended` follows; else how long its rate has it wait, milliseconds */
  forced(nowMs: number): number;
  /** Another one for another endpoint: an attempt is judged in the one in which it began. */
  readonly era: number;
  /** @param outcome undefined: no attempt was made after all */
  ended(outcome: Outcome | undefined, era: number, nowMs: number): void;
  /**
   * Asked about each delivery that comes. @param hasBooked it comes at the time that it was told
   * @returns 0: it may join those that wait in the lane; else how long it is to stay away, milliseconds
   */
  awayMs(queue: LaneQueue, isAgain: boolean, hasBooked: boolean, nowMs: number): number;
  /** How long a delivery that cannot stay is to stay away; 0: that is not for the gate to say. @param eachMs what an attempt takes otherwise */
  bookMs(queue: LaneQueue, isAgain: boolean, eachMs: number, nowMs: number): number;
  /** More than this must not wait in the lane. */
  readonly mostWaiting: number;
  readonly isBreakerOpen: boolean;
  /** Its state is as good as new: an idle lane need not be kept for it. */
  isForgettable(nowMs: number): boolean;
}

/** Makes the gate of each new lane. */
export abstract class LaneGates {
  /** @param key of the lane: the webhook's PRN and, of one that is spread, the number of the lane */
  abstract create(key: string): LaneGate;
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
  forced: () => 0,
  era: 0,
  ended: () => {},
  awayMs: () => 0,
  bookMs: () => 0,
  mostWaiting: Infinity,
  isBreakerOpen: false,
  isForgettable: () => true,
};
