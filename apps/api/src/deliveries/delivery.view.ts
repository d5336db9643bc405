import { timestampOf } from '@fleethook/events';
import { TIMEOUT_STAGES } from '@fleethook/retry';
import type { AttemptRecord, DeliveryRecord } from '@fleethook/store';
import type { AttemptView, DeliveryView } from './delivery.schemas.js';

export function deliveryView(delivery: DeliveryRecord, nowMs: number): DeliveryView {
  return {
    id: delivery.delivery,
    series: seriesOf(delivery.series),
    webhook_prn: delivery.webhook,
    event_prn: delivery.event,
    event_type: delivery.name,
    status: delivery.status,
    detail: detailOf(delivery, nowMs),
    dead_reason: delivery.deadReason ?? null,
    outcome: delivery.outcome ?? null,
    response_status: delivery.responseStatus ?? null,
    attempt_count: delivery.attemptCount,
    inserted_at: timestampOf(delivery.acceptedAt.getTime()),
    last_attempted_at: timeOf(delivery.lastAttemptedAt),
    delivered_at: timeOf(delivery.deliveredAt),
    next_attempt_at: timeOf(delivery.nextAttemptAt),
  };
}

/** A deferral leaves no trace but this: the time of the attempt has come, and it was not made. */
function detailOf({ status, nextAttemptAt, redriven }: DeliveryRecord, nowMs: number): DeliveryView['detail'] {
  switch (status) {
    case 'delivered':
      return null;
    case 'failed':
      return redriven ? 'redriven' : 'dead';
    case 'pending':
      return nextAttemptAt !== undefined && nextAttemptAt.getTime() < nowMs ? 'deferred' : null;
  }
}

export function attemptView(attempt: AttemptRecord): AttemptView {
  return {
    attempt: attempt.attempt,
    series: seriesOf(attempt.series),
    started_at: timestampOf(attempt.startedAt.getTime()),
    outcome: attempt.outcome,
    stage: TIMEOUT_STAGES.find((stage) => stage === attempt.stage) ?? null,
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
