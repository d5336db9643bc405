import type { AttemptMessage, DeadDelivery } from '@fleethook/messages';
import { stateOfAttempt, stateOfDeath, type DeliveryState } from './delivery-state.js';

/** One thing that happened: what it says of the delivery, and the attempt if it was one. Writing it twice is writing it once. */
export interface HistoryFact {
  readonly attempt: AttemptMessage | undefined;
  readonly state: DeliveryState;
}

export function attemptFact(attempt: AttemptMessage): HistoryFact {
  return { attempt, state: stateOfAttempt(attempt) };
}

export function deathFact(dead: DeadDelivery): HistoryFact {
  return { attempt: undefined, state: stateOfDeath(dead) };
}
