import type { Prn } from '@fleethook/events';
import type { HistoryFact } from '../history/deliveries/history-fact.js';

/**
 * What is known of a webhook's endpoint: the row of `webhook_health`, from which it is decided when to warn and when to disable.
 *
 * Attempts arrive late, twice and out of order, so nothing is counted and nothing is "reset": every fact is a health of its own, and
 * healths are merged. `mergeHealth` is commutative, associative and idempotent; the upsert in health-statement.ts is the same rule in SQL.
 *
 *     failures   x x  x     x        x x x     x x
 *     successes    o     o      o
 *     hours      |       |       |       |       |
 *     failingHours                        ^     ^   the last failure of each hour, of those after the last success
 *
 * Of an hour the last failure is kept, not the first: a success that becomes known later takes away a part of an hour only from its start.
 */
export interface WebhookHealth {
  readonly webhook: Prn<'webhook'>;
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
  /** When a delivery last used up its horizon. */
  readonly lastHorizonAtMs: number | undefined;
  /** Oldest first; see above. */
  readonly failingHoursMs: readonly number[];
  /** The latest failed attempt of a delivery that had failed so often before. */
  readonly struggling: StrugglingDelivery | undefined;
}

export interface StrugglingDelivery {
  readonly atMs: number;
  readonly delivery: string;
  readonly outcome: string;
  readonly status: number | undefined;
}

export const HOUR_MS = 3_600_000;
/** A delivery whose failed attempts are so many is struggling. */
export const STRUGGLING_TRIES = 4;
/** Longer than the longest time after which an organization can have its webhooks disabled: what is older decides nothing. */
export const FAILING_HOURS_KEPT_MS = 31 * 24 * HOUR_MS;
/** A struggling delivery of an endpoint that has answered others for so long is old news. */
export const STRUGGLING_KEPT_MS = 24 * HOUR_MS;

/** What one fact says; undefined: nothing. Attempts are placed at their start, as `enabledAt` is compared with it. */
export function healthOf({ attempt: made, state }: HistoryFact): WebhookHealth | undefined {
  const lastHorizonAtMs = state.deadReason === 'horizon_reached' ? state.deadAtMs : undefined;
  // Where our own proxy failed, nothing is known of the endpoint.
  const attempt = made?.outcome === 'proxy' ? undefined : made;
  if (attempt === undefined && lastHorizonAtMs === undefined) return undefined;
  const isSuccess = attempt?.outcome === 'delivered';
  const failedAtMs = isSuccess ? undefined : attempt?.startedAtMs;
  return {
    webhook: state.webhook,
    lastSuccessAtMs: isSuccess ? attempt.startedAtMs : undefined,
    lastFailureAtMs: failedAtMs,
    lastHorizonAtMs,
    failingHoursMs: failedAtMs === undefined ? [] : [failedAtMs],
    struggling:
      attempt === undefined || failedAtMs === undefined || attempt.attempt < STRUGGLING_TRIES
        ? undefined
        : { atMs: failedAtMs, delivery: attempt.delivery, outcome: attempt.outcome, status: attempt.status },
  };
}

/** @param left of the same webhook as `right` */
export function mergeHealth(left: WebhookHealth, right: WebhookHealth): WebhookHealth {
  const lastSuccessAtMs = latest(left.lastSuccessAtMs, right.lastSuccessAtMs);
  const lastFailureAtMs = latest(left.lastFailureAtMs, right.lastFailureAtMs);
  const struggling = compareStruggling(left.struggling, right.struggling) >= 0 ? left.struggling : right.struggling;
  return {
    webhook: left.webhook,
    lastSuccessAtMs,
    lastFailureAtMs,
    lastHorizonAtMs: latest(left.lastHorizonAtMs, right.lastHorizonAtMs),
    failingHoursMs: failingHours(
      [...left.failingHoursMs, ...right.failingHoursMs],
      Math.max(lastSuccessAtMs ?? 0, (lastFailureAtMs ?? 0) - FAILING_HOURS_KEPT_MS),
    ),
    struggling:
      struggling !== undefined && struggling.atMs > (lastSuccessAtMs ?? 0) - STRUGGLING_KEPT_MS
        ? struggling
        : undefined,
  };
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

function failingHours(failuresMs: readonly number[], afterMs: number): number[] {
  const lastOf = new Map<number, number>();
  for (const atMs of failuresMs) {
    if (atMs <= afterMs) continue;
    const hour = Math.floor(atMs / HOUR_MS);
    lastOf.set(hour, Math.max(lastOf.get(hour) ?? 0, atMs));
  }
  return [...lastOf.values()].toSorted((one, other) => one - other);
}

/** Above 0: the first is the one to keep. What decides among equals matters only in that it is always the same. */
function compareStruggling(one: StrugglingDelivery | undefined, other: StrugglingDelivery | undefined): number {
  return (
    (one?.atMs ?? 0) - (other?.atMs ?? 0) ||
    compareText(one?.delivery ?? '', other?.delivery ?? '') ||
    compareText(one?.outcome ?? '', other?.outcome ?? '') ||
    (one?.status ?? 0) - (other?.status ?? 0)
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
