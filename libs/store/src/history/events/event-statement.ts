import { numberArray, textArray } from '../array-literal.js';
import { names, organizationUuid, ownUuid, selection, unnested, valuesOf, type Column } from '../columns.js';
import type { EventFact } from './event-fact.js';
import { countRecentEvents } from '../counts/recent-counts.js';

/**
 * One statement for one batch of events, like history-statement.ts. An event that is there already is left alone, under whatever time it
 * was accepted again, and is not counted; all that follows (tags, names, counts) follows from the rows that were inserted.
 *
 * The bodies travel as one binary parameter that is cut into rows: as an array of byte strings they would be written in hexadecimal here
 * and read back there, which costs half as much as the rest of the row.
 */
const COLUMNS: readonly Column<EventFact>[] = [
  { name: 'organization', type: 'uuid', of: (row) => organizationUuid(row.event) },
  { name: 'accepted_at', type: 'time', of: (row) => row.acceptedAtMs },
  { name: 'event', type: 'uuid', of: (row) => ownUuid(row.event) },
  { name: 'name', type: 'text', of: (row) => row.name },
  { name: 'inserted_at', type: 'time', of: (row) => row.insertedAtMs },
  { name: 'device', type: 'uuid', of: ({ device }) => (device === undefined ? undefined : ownUuid(device)) },
  { name: 'identifier', type: 'text', of: (row) => row.identifier },
  { name: 'cohort', type: 'uuid', of: ({ cohort }) => (cohort === undefined ? undefined : ownUuid(cohort)) },
  { name: 'product', type: 'uuid', of: ({ product }) => (product === undefined ? undefined : ownUuid(product)) },
  { name: 'tags', type: 'texts', of: ({ tags }) => (tags === undefined ? undefined : textArray(tags)) },
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
 * Row by row through `events_by_event`, which LIMIT and IS NOT DISTINCT FROM leave as the only way: as a join, or with an `=` that the primary
 * key could serve, the planner goes through the organization's whole day for every batch, or for every row of it.
 */
const KNOWN = `SELECT true AS there FROM events AS old
    WHERE old.event = row.event AND old.organization IS NOT DISTINCT FROM row.organization
      AND old.accepted_at >= to_timestamp(${KNOWN_FROM}::float8 / 1000) AND old.accepted_at <= to_timestamp(${KNOWN_TO}::float8 / 1000)
    LIMIT 1`;

export const RECORD_EVENTS = `
WITH inserted AS (
  INSERT INTO events (${names(COLUMNS)}, body)
  SELECT ${selection(COLUMNS)}, substring(${BODIES}::bytea FROM start FOR length) FROM ${INPUT}
  LEFT JOIN LATERAL (${KNOWN}) AS known ON true
  WHERE known.there IS NULL
  ON CONFLICT DO NOTHING
  RETURNING organization, accepted_at, event, name, inserted_at, cohort, tags
), tagged AS (
  INSERT INTO event_tags (organization, tag, inserted_at, event, accepted_at)
  SELECT organization, tag, inserted_at, event, accepted_at FROM inserted, unnest(tags) AS tag
  ON CONFLICT DO NOTHING
), named AS (
  INSERT INTO event_names (organization, name) SELECT DISTINCT organization, name FROM inserted ORDER BY 1, 2
  ON CONFLICT DO NOTHING
), counted AS (
  INSERT INTO event_counts AS old (organization, dimension, bucket, key, events)
  SELECT organization, dimension, bucket, key, events FROM (
    SELECT organization, 'type' AS dimension, ${HOUR} AS bucket, name AS key, count(*) AS events
      FROM inserted GROUP BY 1, 3, 4
    UNION ALL
    SELECT organization, 'cohort', ${HOUR}, cohort::text, count(*) FROM inserted WHERE cohort IS NOT NULL GROUP BY 1, 3, 4
    UNION ALL
    SELECT organization, 'tag', ${HOUR}, tag, count(*) FROM inserted, unnest(tags) AS tag GROUP BY 1, 3, 4
  ) AS fresh
  WHERE bucket >= to_timestamp(${COUNT_FROM}::float8 / 1000) AND bucket < to_timestamp(${COUNT_TO}::float8 / 1000)
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (organization, dimension, bucket, key) DO UPDATE SET events = old.events + excluded.events
), counted_recent AS (
  ${countRecentEvents('inserted')}
)
SELECT count(*)::int AS events FROM inserted`;

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
export function eventParameters(rows: readonly EventFact[], known: Span, counted: Span): (string | number | Buffer)[] {
  const lengths = rows.map(({ body }) => body.length);
  // From 1, as substring counts.
  let next = 1;
  const starts = lengths.map((length) => (next += length) - length);
  return [
    ...COLUMNS.map((column) => valuesOf(column, rows)),
    Buffer.concat(rows.map(({ body }) => body)),
    numberArray(starts),
    numberArray(lengths),
    known.fromMs,
    known.toMs,
    counted.fromMs,
    counted.toMs,
  ];
}
