import { NAMES_OF_RECORDS } from '../events/attempt-events.js';

/**
 * What an organization's events and attempts came to in the last hours, in steps of ten seconds: what is shown as happening now. Two small
 * tables, counted like `attempt_counts` in the statements that write the rows; older history is counted by the hour.
 *
 * Events are counted by when they were accepted, whatever time they bear: now is when they come.
 */
export const CREATE_RECENT_COUNTS: readonly string[] = [
  `CREATE TABLE recent_event_counts (
    organization uuid NOT NULL,
    bucket timestamptz(0) NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (organization, bucket)
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE recent_attempt_counts (
    organization uuid NOT NULL,
    bucket timestamptz(0) NOT NULL,
    succeeded bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (organization, bucket)
  ) WITH (fillfactor = 50)`,
  'CREATE INDEX recent_event_counts_by_age ON recent_event_counts (bucket)',
  'CREATE INDEX recent_attempt_counts_by_age ON recent_attempt_counts (bucket)',
];

export const DROP_RECENT_COUNTS: readonly string[] = ['DROP TABLE recent_attempt_counts, recent_event_counts'];

export const RECENT_COUNTS_KEPT = "interval '3 hours'";

/** The step that a time falls into. */
export const stepOf = (time: string): string => `date_bin('10 seconds', ${time}, 'epoch'::timestamptz)`;

/** What a recorder catches up with is past, and what a clock says of the future is not now. */
export const isRecent = (time: string): string =>
  `${time} > now() - ${RECENT_COUNTS_KEPT} AND ${time} < now() + interval '5 minutes'`;

/** @param groups with `organization`, `name`, `step` and how many of its events are `recent` */
export function countRecentEvents(groups: string): string {
  return `INSERT INTO recent_event_counts AS old (organization, bucket, events)
  SELECT organization, step, sum(recent) FROM ${groups} WHERE recent > 0 AND name NOT IN ${NAMES_OF_RECORDS}
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (organization, bucket) DO UPDATE SET events = old.events + excluded.events`;
}

/** @param groups with `organization`, `step`, `outcome` and how many of its attempts are `recent` */
export function countRecentAttempts(groups: string): string {
  return `INSERT INTO recent_attempt_counts AS old (organization, bucket, succeeded, failed)
  SELECT organization, step, coalesce(sum(recent) FILTER (WHERE outcome = 'delivered'), 0),
    coalesce(sum(recent) FILTER (WHERE outcome <> 'delivered'), 0)
  FROM ${groups} WHERE recent > 0 GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (organization, bucket) DO UPDATE
    SET succeeded = old.succeeded + excluded.succeeded, failed = old.failed + excluded.failed`;
}
