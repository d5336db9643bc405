import type { PreparedStatement } from '../database.js';
import { numbersLiteral } from '../history/array-literal.js';
import { float8Array, textArray, uuidArray } from '../history/binary-array.js';
import { LATEST_MOMENT } from './latest-moment.js';
import { FAILING_HOURS_KEPT_MS, HOUR_MS, STRUGGLING_KEPT_MS, type WebhookHealth } from './webhook-health.js';

/**
 * One statement for one batch, a parameter per column; what is there is merged by the rule of webhook-health.ts. The recorder runs it with
 * every batch, and nearly every webhook is healthy: nothing is unnested, sorted or grouped for one that is.
 *
 * What is there from too far ahead, as earlier releases took it, counts as none: nothing true would ever get past it.
 */

const COLUMNS = [
  'webhook_prn',
  'last_success_at',
  'last_failure_at',
  'last_horizon_at',
  'failing_hours',
  'struggling_at',
  'struggling_delivery',
  'struggling_outcome',
  'struggling_status',
].join(', ');

const LAST_SUCCESS = latest('last_success_at');
const LAST_FAILURE = latest('last_failure_at');

const FAILING_HOURS = `CASE
    WHEN old.failing_hours = '{}' AND excluded.failing_hours = '{}' THEN old.failing_hours
    ELSE ARRAY(
      SELECT max(at) FROM unnest(old.failing_hours || excluded.failing_hours) AS at
      WHERE at > greatest(${LAST_SUCCESS}, ${LAST_FAILURE} - ${interval(FAILING_HOURS_KEPT_MS)}) AND at <= ${LATEST_MOMENT}
      GROUP BY floor(extract(epoch FROM at) * 1000 / ${HOUR_MS})
      ORDER BY max(at))
  END`;

export const RECORD_HEALTH: PreparedStatement = {
  name: 'record_health',
  sql: `
INSERT INTO webhook_health AS old (${COLUMNS})
SELECT webhook_prn, to_timestamp(last_success_at / 1000), to_timestamp(last_failure_at / 1000), to_timestamp(last_horizon_at / 1000),
  CASE failing_hours WHEN '{}' THEN '{}'::timestamptz[]
    ELSE ARRAY(SELECT to_timestamp(at / 1000) FROM unnest(failing_hours::float8[]) AS at) END,
  to_timestamp(struggling_at / 1000), struggling_delivery, struggling_outcome, struggling_status::int
FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::text[], $6::float8[], $7::uuid[], $8::text[], $9::float8[])
  AS row (${COLUMNS})
ON CONFLICT (webhook_prn) DO UPDATE SET
  last_success_at = ${LAST_SUCCESS},
  last_failure_at = ${LAST_FAILURE},
  last_horizon_at = ${latest('last_horizon_at')},
  failing_hours = ${FAILING_HOURS},
  struggling_at = ${struggling('struggling_at')},
  struggling_delivery = ${struggling('struggling_delivery')},
  struggling_outcome = ${struggling('struggling_outcome')},
  struggling_status = ${struggling('struggling_status')}`,
};

/** @param healths at most one of a webhook: a statement cannot change a row twice */
export function healthParameters(healths: readonly WebhookHealth[]): Buffer[] {
  return [
    textArray(healths.map(({ webhook }) => webhook)),
    float8Array(healths.map(({ lastSuccessAtMs }) => lastSuccessAtMs)),
    float8Array(healths.map(({ lastFailureAtMs }) => lastFailureAtMs)),
    float8Array(healths.map(({ lastHorizonAtMs }) => lastHorizonAtMs)),
    textArray(healths.map(({ failingHoursMs }) => numbersLiteral(failingHoursMs))),
    float8Array(healths.map(({ struggling }) => struggling?.atMs)),
    uuidArray(
      healths.map(({ struggling }) => struggling?.delivery),
      0,
    ),
    textArray(healths.map(({ struggling }) => struggling?.outcome)),
    float8Array(healths.map(({ struggling }) => struggling?.status)),
  ];
}

/** None counts as the earliest. */
function latest(column: string): string {
  return `greatest(${believed(column)}, excluded.${column})`;
}

function believed(column: string): string {
  return `CASE WHEN old.${column} <= ${LATEST_MOMENT} THEN old.${column} END`;
}

/** Of the later attempt, unless even that is old news. */
function struggling(column: string): string {
  return `CASE
    WHEN ${latest('struggling_at')} <= ${LAST_SUCCESS} - ${interval(STRUGGLING_KEPT_MS)} THEN NULL
    WHEN ${believed('struggling_at')} IS NULL OR ${rank('excluded')} > ${rank('old')} THEN excluded.${column}
    ELSE old.${column}
  END`;
}

function rank(row: string): string {
  return `(${row}.struggling_at, ${row}.struggling_delivery, ${row}.struggling_outcome COLLATE "C", coalesce(${row}.struggling_status, 0))`;
}

function interval(durationMs: number): string {
  return `interval '${durationMs / 1_000} seconds'`;
}
