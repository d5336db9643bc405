import { deliveryIdOf, type EventName, type Prn } from '@fleethook/events';
import type { AttemptMessage, DeadDelivery } from '@fleethook/messages';

/**
 * What is known of one delivery (one series of it): the row of `deliveries`.
 *
 * Records arrive late, twice and out of order, so a row is not "updated": every record is a state of its own, and states are merged.
 * `mergeDeliveryStates` is commutative, associative and idempotent; the upsert in history-statement.ts is the same rule in SQL.
 */
export interface DeliveryState {
  readonly webhook: Prn<'webhook'>;
  readonly acceptedAtMs: number;
  readonly delivery: string;
  /** Empty for the first series. */
  readonly series: string;
  readonly event: Prn<'event'>;
  readonly name: EventName;
  /** From here to `nextAttemptAtMs`: of the attempt that decides, see `decides`. 0 and undefined when none is known. */
  readonly attemptCount: number;
  readonly lastAttemptedAtMs: number | undefined;
  readonly outcome: string | undefined;
  readonly responseStatus: number | undefined;
  readonly deliveredAtMs: number | undefined;
  readonly nextAttemptAtMs: number | undefined;
  /** The earliest that is known: given up, and why. */
  readonly deadAtMs: number | undefined;
  readonly deadReason: string | undefined;
}

export function stateOfAttempt(attempt: AttemptMessage): DeliveryState {
  const { next } = attempt;
  const endedAtMs = attempt.startedAtMs + Math.round(attempt.latencyMs);
  return {
    webhook: attempt.webhook,
    acceptedAtMs: attempt.acceptedAtMs,
    delivery: attempt.delivery,
    series: attempt.series ?? '',
    event: attempt.event,
    name: attempt.name,
    attemptCount: attempt.attempt,
    lastAttemptedAtMs: attempt.startedAtMs,
    outcome: attempt.outcome,
    responseStatus: attempt.status,
    deliveredAtMs: attempt.outcome === 'delivered' ? endedAtMs : undefined,
    nextAttemptAtMs: next.kind === 'retry' ? next.dueAtMs : undefined,
    deadAtMs: next.kind === 'dead' ? endedAtMs : undefined,
    deadReason: next.kind === 'dead' ? next.reason : undefined,
  };
}

export function stateOfDeath(dead: DeadDelivery): DeliveryState {
  const { delivery } = dead;
  return {
    webhook: delivery.webhook,
    acceptedAtMs: delivery.acceptedAtMs,
    delivery: deliveryIdOf(delivery.event, delivery.webhook),
    series: delivery.series ?? '',
    event: delivery.event,
    name: delivery.name,
    attemptCount: 0,
    lastAttemptedAtMs: undefined,
    outcome: undefined,
    responseStatus: undefined,
    deliveredAtMs: undefined,
    nextAttemptAtMs: undefined,
    deadAtMs: dead.diedAtMs,
    deadReason: dead.deadReason,
  };
}

/** The same delivery, series and acceptance: the row's key as one text. */
export function deliveryStateKey(state: DeliveryState): string {
  return `${state.delivery}/${state.acceptedAtMs}/${state.series}`;
}

/** @param left of the same key as `right` */
export function mergeDeliveryStates(left: DeliveryState, right: DeliveryState): DeliveryState {
  const attempt = compareDeciding(right, left) > 0 ? right : left;
  const dead = compareDeaths(right, left) > 0 ? right : left;
  if (attempt.deadAtMs === dead.deadAtMs && attempt.deadReason === dead.deadReason) return attempt;
  return { ...attempt, deadAtMs: dead.deadAtMs, deadReason: dead.deadReason };
}

/**
 * Above 0: the first state's attempt decides. A success decides over everything, the earliest success over later ones (what was
 * delivered stays delivered), otherwise the later attempt.
 */
function compareDeciding(one: DeliveryState, other: DeliveryState): number {
  const [oneAt, otherAt] = [one.deliveredAtMs, other.deliveredAtMs];
  if (oneAt !== undefined && otherAt !== undefined && oneAt !== otherAt) return otherAt - oneAt;
  if (oneAt !== undefined && otherAt === undefined) return 1;
  if (oneAt === undefined && otherAt !== undefined) return -1;
  return (
    one.attemptCount - other.attemptCount ||
    (one.lastAttemptedAtMs ?? 0) - (other.lastAttemptedAtMs ?? 0) ||
    compareText(one.outcome ?? '', other.outcome ?? '') ||
    (one.responseStatus ?? 0) - (other.responseStatus ?? 0) ||
    (one.nextAttemptAtMs ?? 0) - (other.nextAttemptAtMs ?? 0)
  );
}

/** Above 0: the first state's death is the one to keep: the earlier, and any rather than none. */
function compareDeaths(one: DeliveryState, other: DeliveryState): number {
  if (one.deadAtMs === other.deadAtMs) return compareText(other.deadReason ?? '', one.deadReason ?? '');
  return (other.deadAtMs ?? Number.MAX_VALUE) - (one.deadAtMs ?? Number.MAX_VALUE);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
