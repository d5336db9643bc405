import type { WideEvents } from '@fleethook/observability';
import type { EndedAttempt } from './attempt.js';

/** One wide line per attempt: enough to tell its story without any other. */
export function logAttempt(log: WideEvents, attempt: EndedAttempt): void {
  const { deliveryId, message, outcome, result, next, startedAtMs } = attempt;
  log.info({
    event: 'delivery.attempted',
    webhook: message.webhook,
    delivery: deliveryId,
    event_prn: message.event,
    event_name: message.name,
    series: message.series,
    attempt: message.attempt,
    trace_id: attempt.trace?.traceId,
    outcome: outcome.kind,
    stage: outcome.kind === 'timeout' ? outcome.stage : undefined,
    status: result.kind === 'response' ? result.status : undefined,
    detail: result.kind === 'failure' ? result.detail : undefined,
    latency_ms: result.latencyMs,
    age_ms: startedAtMs - message.acceptedAtMs,
    connection_reused: result.connectionReused,
    next: next.kind,
    tier: next.kind === 'retry' ? next.tier : undefined,
    due_in_ms: next.kind === 'retry' ? next.dueAtMs - startedAtMs : undefined,
    reason: next.kind === 'dead' ? next.reason : undefined,
  });
}
