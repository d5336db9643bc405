import type { AttemptMessage } from '@fleethook/messages';
import { numberArray, plainArray, textArray } from './array-literal.js';
import type { DeliveryState } from './delivery-state.js';

/**
 * One statement for one batch: a parameter per column, each the column's values of all rows.
 * Repeated attempts are left alone; deliveries are merged by the rule of delivery-state.ts, and left alone when nothing changes.
 * Answers how many rows were new (`attempts`) and new or changed (`deliveries`).
 */

type ColumnType = 'uuid' | 'text' | 'int' | 'real' | 'time';

interface Column<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: R) => string | number | undefined;
}

const UUID_CHARACTERS = 36;
const ORGANIZATION_START = 'prn:1:'.length;

const organizationUuid = (prn: string): string => prn.slice(ORGANIZATION_START, ORGANIZATION_START + UUID_CHARACTERS);
const ownUuid = (prn: string): string => prn.slice(-UUID_CHARACTERS);

const ATTEMPT_COLUMNS: readonly Column<AttemptMessage>[] = [
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'delivery_id', type: 'uuid', of: (row) => row.delivery },
  { name: 'series', type: 'text', of: (row) => row.series ?? '' },
  { name: 'attempt', type: 'int', of: (row) => row.attempt },
  { name: 'started_at', type: 'time', of: (row) => row.startedAtMs },
  { name: 'webhook', type: 'uuid', of: (row) => ownUuid(row.webhook) },
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
  { name: 'organization', type: 'uuid', of: (row) => organizationUuid(row.webhook) },
  { name: 'webhook', type: 'uuid', of: (row) => ownUuid(row.webhook) },
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'delivery_id', type: 'uuid', of: (row) => row.delivery },
  { name: 'series', type: 'text', of: (row) => row.series },
  { name: 'event', type: 'uuid', of: (row) => ownUuid(row.event) },
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

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  uuid: 'uuid',
  text: 'text',
  int: 'int',
  real: 'real',
  // Epoch milliseconds.
  time: 'float8',
};

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

export const RECORD_HISTORY = `
WITH inserted AS (
  INSERT INTO attempts (${names(ATTEMPT_COLUMNS)})
  SELECT ${selection(ATTEMPT_COLUMNS)} FROM ${unnested(ATTEMPT_COLUMNS, 1)}
  ON CONFLICT DO NOTHING RETURNING 1
), merged AS (
  INSERT INTO deliveries AS old (${names(DELIVERY_COLUMNS)})
  SELECT ${selection(DELIVERY_COLUMNS)} FROM ${unnested(DELIVERY_COLUMNS, 1 + ATTEMPT_COLUMNS.length)}
  ON CONFLICT (webhook, accepted_at, delivery_id, series) DO UPDATE SET
    ${[
      ...OF_THE_DECIDING_ATTEMPT.map((name) => choice(name, NEW_DECIDES)),
      ...['dead_at', 'dead_reason'].map((name) => choice(name, NEW_DIED_FIRST)),
    ].join(',\n    ')}
  WHERE (${excluded(NEW_DECIDES)}) OR (${excluded(NEW_DIED_FIRST)})
  RETURNING 1
)
SELECT (SELECT count(*) FROM inserted)::int AS attempts, (SELECT count(*) FROM merged)::int AS deliveries`;

/** @param states at most one of a key: a statement cannot change a row twice */
export function historyParameters(attempts: readonly AttemptMessage[], states: readonly DeliveryState[]): string[] {
  return [
    ...ATTEMPT_COLUMNS.map((column) => valuesOf(column, attempts)),
    ...DELIVERY_COLUMNS.map((column) => valuesOf(column, states)),
  ];
}

function valuesOf<R>(column: Column<R>, rows: readonly R[]): string {
  const values = rows.map(column.of);
  if (column.type === 'uuid') return plainArray(values as string[]);
  if (column.type === 'text') return textArray(values as (string | undefined)[]);
  return numberArray(values as (number | undefined)[]);
}

function choice(name: string, condition: string): string {
  return `${name} = CASE WHEN ${excluded(condition)} THEN excluded.${name} ELSE old.${name} END`;
}

function excluded(condition: string): string {
  return condition.replaceAll('new.', 'excluded.');
}

function names<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ name }) => name).join(', ');
}

function selection<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ name, type }) => (type === 'time' ? `to_timestamp(${name} / 1000)` : name)).join(', ');
}

function unnested<R>(columns: readonly Column<R>[], firstParameter: number): string {
  const arrays = columns.map(({ type }, index) => `$${firstParameter + index}::${SQL_TYPES[type]}[]`);
  return `unnest(${arrays.join(', ')}) AS row (${names(columns)})`;
}
