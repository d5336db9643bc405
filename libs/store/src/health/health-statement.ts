import { numberArray, plainArray, textArray } from '../history/array-literal.js';
import { FAILING_HOURS_KEPT_MS, HOUR_MS, STRUGGLING_KEPT_MS, type WebhookHealth } from './webhook-health.js';

/** One statement for one batch, a parameter per column; what is there is merged by the rule of webhook-health.ts. */
export const RECORD_HEALTH = `
INSERT INTO webhook_health AS old (webhook_prn, last_success_at, last_failure_at, last_horizon_at, failing_hours,
  struggling_at, struggling_delivery, struggling_outcome, struggling_status)
SELECT webhook_prn, to_timestamp(last_success_at / 1000), to_timestamp(last_failure_at / 1000), to_timestamp(last_horizon_at / 1000),
  ARRAY(SELECT to_timestamp(at / 1000) FROM unnest(failing_hours::float8[]) AS at),
  to_timestamp(struggling_at / 1000), struggling_delivery, struggling_outcome, struggling_status
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::text[], $6::float8[], $7::uuid[], $8::text[], $9::int[])
  AS row (webhook_prn, last_success_at, last_failure_at, last_horizon_at, failing_hours,
    struggling_at, struggling_delivery, struggling_outcome, struggling_status)
ON CONFLICT (webhook_prn) DO UPDATE SET
  (last_success_at, last_failure_at, last_horizon_at, failing_hours,
    struggling_at, struggling_delivery, struggling_outcome, struggling_status) = (
    SELECT latest.success, latest.failure, latest.horizon,
      ARRAY(
        SELECT max(at) FROM unnest(old.failing_hours || excluded.failing_hours) AS at
        WHERE at > greatest(latest.success, latest.failure - ${interval(FAILING_HOURS_KEPT_MS)})
        GROUP BY floor(extract(epoch FROM at) * 1000 / ${HOUR_MS})
        ORDER BY max(at)
      ),
      struggling.at, struggling.delivery, struggling.outcome, struggling.status
    FROM (
      SELECT greatest(old.last_success_at, excluded.last_success_at) AS success,
        greatest(old.last_failure_at, excluded.last_failure_at) AS failure,
        greatest(old.last_horizon_at, excluded.last_horizon_at) AS horizon
    ) AS latest
    LEFT JOIN LATERAL (
      SELECT * FROM (VALUES
        (old.struggling_at, old.struggling_delivery, old.struggling_outcome, old.struggling_status),
        (excluded.struggling_at, excluded.struggling_delivery, excluded.struggling_outcome, excluded.struggling_status)
      ) AS candidate (at, delivery, outcome, status)
      WHERE at > coalesce(latest.success - ${interval(STRUGGLING_KEPT_MS)}, '-infinity')
      ORDER BY at DESC, delivery DESC, outcome COLLATE "C" DESC, coalesce(status, 0) DESC
      LIMIT 1
    ) AS struggling ON true
  )`;

/** @param healths at most one of a webhook: a statement cannot change a row twice */
export function healthParameters(healths: readonly WebhookHealth[]): string[] {
  return [
    textArray(healths.map(({ webhook }) => webhook)),
    numberArray(healths.map(({ lastSuccessAtMs }) => lastSuccessAtMs)),
    numberArray(healths.map(({ lastFailureAtMs }) => lastFailureAtMs)),
    numberArray(healths.map(({ lastHorizonAtMs }) => lastHorizonAtMs)),
    textArray(healths.map(({ failingHoursMs }) => numberArray(failingHoursMs))),
    numberArray(healths.map(({ struggling }) => struggling?.atMs)),
    plainArray(healths.map(({ struggling }) => struggling?.delivery ?? 'NULL')),
    textArray(healths.map(({ struggling }) => struggling?.outcome)),
    numberArray(healths.map(({ struggling }) => struggling?.status)),
  ];
}

function interval(durationMs: number): string {
  return `interval '${durationMs / 1_000} seconds'`;
}
