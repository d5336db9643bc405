import type { AttemptMessage } from '@fleethook/messages';
import type { PreparedStatement } from '../../database.js';
import { textArray, uuidArray } from '../binary-array.js';
import { names, ORGANIZATION_START, OWN_START, selection, unnested, valuesOf, type Column } from '../columns.js';
import type { DeliveryState } from './delivery-state.js';
import { countRecentAttempts, isRecent, stepOf } from '../counts/recent-counts.js';

/**
 * A parameter per column, each the column's values of all rows.
 *
 * RECORD_ATTEMPTS writes the attempts of a batch, and the deliveries that nothing but a first attempt is known of: nearly all, and nearly
 * always new. Repeated attempts are left alone, and not counted again. Answers how many rows were new.
 *
 * MERGE_DELIVERIES is for the others: what is there is merged by the rule of delivery-state.ts, and left alone when nothing changes. Answers
 * how many rows are new or changed (`deliveries`), and how many deliveries had another success than the one being written (`repeated`): the
 * receiver had answered with success before, and got the same again.
 */

const ATTEMPT_COLUMNS: readonly Column<AttemptMessage>[] = [
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'delivery_id', type: 'uuid', of: (row) => row.delivery },
  { name: 'series', type: 'text', of: (row) => row.series ?? '' },
  { name: 'attempt', type: 'int', of: (row) => row.attempt },
  { name: 'started_at', type: 'time', of: (row) => row.startedAtMs },
  { name: 'webhook', type: 'uuid', of: (row) => row.webhook },
  { name: 'config_version', type: 'int', of: (row) => row.configVersion },
  { name: 'latency_ms', type: 'real', of: (row) => row.latencyMs },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'stage', type: 'text', of: (row) => row.stage },
  { name: 'status', type: 'int', of: (row) => row.status },
  { name: 'address', type: 'text', of: (row) => row.address },
  { name: 'excerpt', type: 'text', of: (row) => row.excerpt },
  { name: 'detail', type: 'text', of: (row) => row.detail },
  { name: 'next_tier', type: 'text', of: ({ next }) => (next.kind === 'retry' ? next.tier : undefined) },
  { name: 'next_due_at', type: 'time', of: ({ next }) => (next.kind === 'retry' ? next.dueAtMs : undefined) },
  { name: 'dead_reason', type: 'text', of: ({ next }) => (next.kind === 'dead' ? next.reason : undefined) },
];

const DELIVERY_COLUMNS: readonly Column<DeliveryState>[] = [
  { name: 'organization', type: 'organization', of: (row) => row.webhook },
  { name: 'webhook', type: 'uuid', of: (row) => row.webhook },
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'delivery_id', type: 'uuid', of: (row) => row.delivery },
  { name: 'series', type: 'text', of: (row) => row.series },
  { name: 'event', type: 'uuid', of: (row) => row.event },
  { name: 'name', type: 'text', of: (row) => row.name },
  { name: 'attempt_count', type: 'int', of: (row) => row.attemptCount },
  { name: 'last_attempted_at', type: 'time', of: (row) => row.lastAttemptedAtMs },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'response_status', type: 'int', of: (row) => row.responseStatus },
  { name: 'delivered_at', type: 'time', of: (row) => row.deliveredAtMs },
  { name: 'next_attempt_at', type: 'time', of: (row) => row.nextAttemptAtMs },
  { name: 'dead_at', type: 'time', of: (row) => row.deadAtMs },
  { name: 'dead_reason', type: 'text', of: (row) => row.deadReason },
];

// What compareDeciding in delivery-state.ts says, first the same for success, then for what decides among equals.
const NEW_DECIDES = `CASE
    WHEN new.delivered_at IS DISTINCT FROM old.delivered_at
      THEN new.delivered_at IS NOT NULL AND (old.delivered_at IS NULL OR new.delivered_at < old.delivered_at)
    ELSE ${rank('new')} > ${rank('old')}
  END`;

function rank(row: string): string {
  return `(${row}.attempt_count, coalesce(${row}.last_attempted_at, '-infinity'),
      coalesce(${row}.outcome, '') COLLATE "C", coalesce(${row}.response_status, 0), coalesce(${row}.next_attempt_at, '-infinity'))`;
}

const NEW_DIED_FIRST = `CASE
    WHEN new.dead_at IS DISTINCT FROM old.dead_at
      THEN new.dead_at IS NOT NULL AND (old.dead_at IS NULL OR new.dead_at < old.dead_at)
    ELSE new.dead_reason COLLATE "C" < old.dead_reason
  END`;

const OF_THE_DECIDING_ATTEMPT = [
  'attempt_count',
  'last_attempted_at',
  'outcome',
  'response_status',
  'delivered_at',
  'next_attempt_at',
];

/** What an attempt's row does not bear and its count needs, by delivery. */
const FIRST_NAMED_PARAMETER = 1 + ATTEMPT_COLUMNS.length + DELIVERY_COLUMNS.length;

export const RECORD_ATTEMPTS: PreparedStatement = {
  name: 'record_attempts',
  sql: `
WITH inserted AS (
  INSERT INTO attempts (${names(ATTEMPT_COLUMNS)})
  SELECT ${selection(ATTEMPT_COLUMNS)} FROM ${unnested(ATTEMPT_COLUMNS, 1)}
  ON CONFLICT DO NOTHING RETURNING delivery_id, webhook, started_at, outcome
), grouped AS MATERIALIZED (
  SELECT organization, webhook, name, outcome, ${stepOf('started_at')} AS step, count(*) AS attempts,
    count(*) FILTER (WHERE ${isRecent('started_at')}) AS recent
  FROM inserted JOIN unnest($${FIRST_NAMED_PARAMETER}::uuid[], $${FIRST_NAMED_PARAMETER + 1}::uuid[], $${FIRST_NAMED_PARAMETER + 2}::text[])
    AS named (delivery_id, organization, name) USING (delivery_id)
  GROUP BY 1, 2, 3, 4, 5
), counted AS (
  INSERT INTO attempt_counts AS old (organization, bucket, webhook, name, outcome, attempts)
  SELECT organization, date_trunc('hour', step, 'UTC') AS bucket, webhook, name, outcome, sum(attempts) FROM grouped
  GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (organization, bucket, webhook, name, outcome) DO UPDATE SET attempts = old.attempts + excluded.attempts
), counted_recent AS (
  ${countRecentAttempts('grouped')}
), begun AS (
  INSERT INTO deliveries (${names(DELIVERY_COLUMNS)})
  SELECT ${selection(DELIVERY_COLUMNS)} FROM ${unnested(DELIVERY_COLUMNS, 1 + ATTEMPT_COLUMNS.length)}
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM inserted)::int AS attempts, (SELECT count(*) FROM begun)::int AS deliveries`,
};

const [ACCEPTED_FROM, ACCEPTED_TO] = [1, 2].map((place) => `$${DELIVERY_COLUMNS.length + place}`);

// By key, row by row, as the upsert looks; it sees what was there before this statement. The span only leaves out the other days.
const DELIVERED_BEFORE = `(
    SELECT old.delivered_at FROM deliveries AS old
    WHERE old.webhook = succeeded.webhook AND old.accepted_at = succeeded.accepted_at
      AND old.delivery_id = succeeded.delivery_id AND old.series = succeeded.series
      AND old.accepted_at >= to_timestamp(${ACCEPTED_FROM}::float8 / 1000) AND old.accepted_at <= to_timestamp(${ACCEPTED_TO}::float8 / 1000))`;

export const MERGE_DELIVERIES: PreparedStatement = {
  name: 'merge_deliveries',
  sql: `
WITH merged AS (
  INSERT INTO deliveries AS old (${names(DELIVERY_COLUMNS)})
  SELECT ${selection(DELIVERY_COLUMNS)} FROM ${unnested(DELIVERY_COLUMNS, 1)}
  ON CONFLICT (webhook, accepted_at, delivery_id, series) DO UPDATE SET
    ${[
      ...OF_THE_DECIDING_ATTEMPT.map((name) => choice(name, NEW_DECIDES)),
      ...['dead_at', 'dead_reason'].map((name) => choice(name, NEW_DIED_FIRST)),
    ].join(',\n    ')}
  WHERE (${excluded(NEW_DECIDES)}) OR (${excluded(NEW_DIED_FIRST)})
  RETURNING 1
), succeeded (${names(DELIVERY_COLUMNS)}) AS (
  SELECT ${selection(DELIVERY_COLUMNS)} FROM ${unnested(DELIVERY_COLUMNS, 1)}
  WHERE delivered_at IS NOT NULL
)
SELECT (SELECT count(*) FROM merged)::int AS deliveries,
  (SELECT count(*) FROM succeeded WHERE delivered_at <> ${DELIVERED_BEFORE})::int AS repeated`,
};

/** @param begun of first attempts, at most one of a key */
export function attemptParameters(attempts: readonly AttemptMessage[], begun: readonly DeliveryState[]): Buffer[] {
  return [
    ...ATTEMPT_COLUMNS.map((column) => valuesOf(column, attempts)),
    ...DELIVERY_COLUMNS.map((column) => valuesOf(column, begun)),
    ...namedDeliveries(attempts),
  ];
}

/** @param states at most one of a key: a statement cannot change a row twice */
export function deliveryParameters(states: readonly DeliveryState[]): (Buffer | number)[] {
  const acceptedAtMs = states.map((state) => state.acceptedAtMs);
  return [
    ...DELIVERY_COLUMNS.map((column) => valuesOf(column, states)),
    Math.min(...acceptedAtMs),
    Math.max(...acceptedAtMs),
  ];
}

function choice(name: string, condition: string): string {
  return `${name} = CASE WHEN ${excluded(condition)} THEN excluded.${name} ELSE old.${name} END`;
}

function excluded(condition: string): string {
  return condition.replaceAll('new.', 'excluded.');
}

/** Once each: a join must not multiply attempts. */
function namedDeliveries(attempts: readonly AttemptMessage[]): Buffer[] {
  const named = [...new Map(attempts.map((attempt) => [attempt.delivery, attempt])).values()];
  return [
    uuidArray(
      named.map(({ delivery }) => delivery),
      OWN_START,
    ),
    uuidArray(
      named.map(({ webhook }) => webhook),
      ORGANIZATION_START,
    ),
    textArray(named.map(({ name }) => name)),
  ];
}
