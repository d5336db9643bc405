import { timestampOf } from '@fleethook/events';
import type { AttemptRecord, DeliveryRecord, DeliveryStatus } from '@fleethook/store';

export interface DeliveryView {
  id: string;
  /** Null for the first; a resend or a replay is a series of its own. */
  series: string | null;
  event_prn: string;
  event_type: string;
  status: DeliveryStatus;
  /** More than the status says: why it was given up, or what the latest attempt came to. */
  detail: string | null;
  response_status: number | null;
  attempt_count: number;
  last_attempted_at: string | null;
  delivered_at: string | null;
  next_attempt_at: string | null;
}

export interface AttemptView {
  attempt: number;
  series: string | null;
  started_at: string;
  outcome: string;
  stage: string | null;
  status: number | null;
  latency_ms: number;
  address: string | null;
  response_excerpt: string | null;
  detail: string | null;
  next: { kind: 'retry'; tier: string; due_at: string | null } | { kind: 'dead'; reason: string } | null;
}

export function deliveryView(delivery: DeliveryRecord): DeliveryView {
  return {
    id: delivery.delivery,
    series: seriesOf(delivery.series),
    event_prn: delivery.event,
    event_type: delivery.name,
    status: delivery.status,
    detail: delivery.deadReason ?? (delivery.status === 'delivered' ? null : (delivery.outcome ?? null)),
    response_status: delivery.responseStatus ?? null,
    attempt_count: delivery.attemptCount,
    last_attempted_at: timeOf(delivery.lastAttemptedAt),
    delivered_at: timeOf(delivery.deliveredAt),
    next_attempt_at: timeOf(delivery.nextAttemptAt),
  };
}

export function attemptView(attempt: AttemptRecord): AttemptView {
  return {
    attempt: attempt.attempt,
    series: seriesOf(attempt.series),
    started_at: timestampOf(attempt.startedAt.getTime()),
    outcome: attempt.outcome,
    stage: attempt.stage ?? null,
    status: attempt.status ?? null,
    latency_ms: attempt.latencyMs,
    address: attempt.address ?? null,
    response_excerpt: attempt.excerpt ?? null,
    detail: attempt.detail ?? null,
    next: nextOf(attempt),
  };
}

function nextOf(attempt: AttemptRecord): AttemptView['next'] {
  if (attempt.deadReason !== undefined) return { kind: 'dead', reason: attempt.deadReason };
  if (attempt.nextTier === undefined) return null;
  return { kind: 'retry', tier: attempt.nextTier, due_at: timeOf(attempt.nextDueAt) };
}

const seriesOf = (series: string): string | null => (series === '' ? null : series);

const timeOf = (time: Date | undefined): string | null => (time === undefined ? null : timestampOf(time.getTime()));
