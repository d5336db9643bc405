import type { PreparedStatement } from '../../database.js';
import { textsLiteral } from '../array-literal.js';
import { int4Array } from '../binary-array.js';
import { names, selection, unnested, valuesOf, type Column } from '../columns.js';
import type { EventFact } from './event-fact.js';
import { countRecentEvents, isRecent, stepOf } from '../counts/recent-counts.js';

/**
 * One statement for one batch of events, like history-statement.ts. An event that is there already is left alone, under whatever time it
 * was accepted again, and is not counted; all that follows (tags, names, counts) follows from the rows that were inserted.
 *
 * The bodies travel as one binary parameter that is cut into rows: as an array of byte strings they would be written in hexadecimal here
 * and read back there, which costs half as much as the rest of the row.
 */
const COLUMNS: readonly Column<EventFact>[] = [
  { name: 'organization', type: 'organization', of: (row) => row.event },
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'event', type: 'uuid', of: (row) => row.event },
  { name: 'name', type: 'text', of: (row) => row.name },
  { name: 'inserted_at', type: 'time', of: (row) => row.insertedAtMs },
  { name: 'device', type: 'uuid', of: (row) => row.device },
  { name: 'identifier', type: 'text', of: (row) => row.identifier },
  { name: 'cohort', type: 'uuid', of: (row) => row.cohort },
  { name: 'product', type: 'uuid', of: (row) => row.product },
  { name: 'tags', type: 'texts', of: ({ tags }) => (tags === undefined ? undefined : textsLiteral(tags)) },
  { name: 'actor', type: 'text', of: (row) => row.actor },
  { name: 'resource', type: 'text', of: (row) => row.resource },
];

const AFTER_COLUMNS = 1 + COLUMNS.length;
const [BODIES, STARTS, LENGTHS, KNOWN_FROM, KNOWN_TO, COUNT_FROM, COUNT_TO] = [0, 1, 2, 3, 4, 5, 6].map(
  (index) => `$${AFTER_COLUMNS + index}`,
);

const INPUT = unnested(COLUMNS, 1)
  .replace(') AS row (', `, ${STARTS}::int[], ${LENGTHS}::int[]) AS row (`)
  .replace(/\)$/, ', start, length)');

const HOUR = `date_trunc('hour', inserted_at, 'UTC')`;

/**
 * Row by row through the primary key: in its order the days follow each other, so that LIMIT makes one look of it. As a join the planner goes
 * through a whole day for every batch of one that it has no statistics of yet, and an `=` of the organization would let it take other indexes.
 */
const KNOWN = `SELECT true AS there FROM events AS old
    WHERE old.event = row.event AND old.organization IS NOT DISTINCT FROM row.organization
      AND old.accepted_at >= to_timestamp(${KNOWN_FROM}::float8 / 1000) AND old.accepted_at <= to_timestamp(${KNOWN_TO}::float8 / 1000)
    ORDER BY old.accepted_at LIMIT 1`;

const COUNTED_HOURS = `bucket >= to_timestamp(${COUNT_FROM}::float8 / 1000) AND bucket < to_timestamp(${COUNT_TO}::float8 / 1000)`;

// Rows are gone through once, for what nearly all of them have in common; few bear cohorts and tags.
export const RECORD_EVENTS: PreparedStatement = {
  name: 'record_events',
  sql: `
WITH inserted AS (
  INSERT INTO events (${names(COLUMNS)}, body)
  SELECT ${selection(COLUMNS)}, substring(${BODIES}::bytea FROM start FOR length) FROM ${INPUT}
  LEFT JOIN LATERAL (${KNOWN}) AS known ON true
  WHERE known.there IS NULL
  RETURNING organization, accepted_at, event, name, inserted_at, cohort, tags
), grouped AS MATERIALIZED (
  SELECT organization, name, ${HOUR} AS bucket, ${stepOf('accepted_at')} AS step, count(*) AS events,
    count(*) FILTER (WHERE ${isRecent('accepted_at')}) AS recent
  FROM inserted GROUP BY 1, 2, 3, 4
), tagged AS MATERIALIZED (
  SELECT organization, tag, inserted_at, event, accepted_at FROM inserted, unnest(tags) AS tag WHERE tags IS NOT NULL
), tags AS (
  INSERT INTO event_tags (organization, tag, inserted_at, event, accepted_at) TABLE tagged ON CONFLICT DO NOTHING
), named AS (
  INSERT INTO event_names (organization, name) SELECT DISTINCT organization, name FROM grouped ORDER BY 1, 2
  ON CONFLICT DO NOTHING
), counted AS (
  INSERT INTO event_counts AS old (organization, dimension, bucket, key, events)
  SELECT organization, dimension, bucket, key, events FROM (
    SELECT organization, 'type' AS dimension, bucket, name AS key, sum(events) AS events FROM grouped GROUP BY 1, 3, 4
    UNION ALL
    SELECT organization, 'cohort', ${HOUR}, cohort::text, count(*) FROM inserted WHERE cohort IS NOT NULL GROUP BY 1, 3, 4
    UNION ALL
    SELECT organization, 'tag', ${HOUR}, tag, count(*) FROM tagged GROUP BY 1, 3, 4
  ) AS fresh
  WHERE ${COUNTED_HOURS}
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (organization, dimension, bucket, key) DO UPDATE SET events = old.events + excluded.events
), counted_recent AS (
  ${countRecentEvents('grouped')}
)
SELECT count(*)::int AS events FROM inserted`,
};

/** Times from which to which: both in epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * @param rows each event at most once
 * @param known where an event counts as being there already, by acceptance
 * @param counted the hours that are counted, by the time that the events bear
 */
export function eventParameters(rows: readonly EventFact[], known: Span, counted: Span): (Buffer | number)[] {
  const lengths = rows.map(({ body }) => body.length);
  // From 1, as substring counts.
  let next = 1;
  const starts = lengths.map((length) => (next += length) - length);
  return [
    ...COLUMNS.map((column) => valuesOf(column, rows)),
    Buffer.concat(rows.map(({ body }) => body)),
    int4Array(starts),
    int4Array(lengths),
    known.fromMs,
    known.toMs,
    counted.fromMs,
    counted.toMs,
  ];
}
