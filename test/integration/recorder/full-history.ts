import { createHash } from 'node:crypto';
import type { ScratchDatabase } from '../../support/scratch-database.js';

export const ORGANIZATIONS = 10;
const WEBHOOKS = 20;
const DEVICES = 20_000;
const COHORTS = 40;
const EVENTS_A_DAY = 40_000;
const DAYS = 26;

export type Kind = 'organization' | 'device' | 'cohort' | 'webhook';

/** The UUID of the so manieth thing of a kind, here and in SQL. An event of number i is of organization, device, ... i modulo how many there are. */
export function uuid(kind: Kind, number: number): string {
  const hex = createHash('md5').update(`${kind}${number}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function sqlUuid(kind: Kind, number: string): string {
  return `md5('${kind}' || (${number}))::uuid`;
}

/** Rare names beside frequent ones, in every organization; records of failures have a resource and no device. */
const NAME = `CASE WHEN i / 10 % 1000 = 7 THEN 'api_key.created' WHEN i / 10 % 100 = 0 THEN 'webhook.request_failed'
  WHEN i / 10 % 10 = 1 THEN 'device.connected' WHEN i / 10 % 50 = 2 THEN 'device.updated' ELSE 'device.checked_for_release' END`;

/**
 * Fills a history with more than a million events and as many deliveries. Each day is filled before its indexes are made, which takes a
 * second of PostgreSQL's CPU; the days of today and ahead are made by upkeep, before or afterwards.
 */
export async function fillHistory(database: ScratchDatabase, todayMs: number): Promise<void> {
  const days = Array.from({ length: DAYS }, (_, index) => index);
  const fillNext = async (): Promise<void> => {
    for (let index = days.shift(); index !== undefined; index = days.shift()) {
      const day = new Date(todayMs - (DAYS - index) * 86_400_000).toISOString().slice(0, 10);
      await fillDay(database, day, index * EVENTS_A_DAY);
    }
  };
  await Promise.all([fillNext(), fillNext()]);
  await database.query(
    `INSERT INTO event_names SELECT DISTINCT organization, name FROM events_${lastDay(todayMs)} ON CONFLICT DO NOTHING`,
  );
  for (const table of ['events', 'event_tags', 'deliveries', 'attempts', 'event_counts', 'attempt_counts'])
    await database.query(`VACUUM ANALYZE ${table}`);
}

function lastDay(todayMs: number): string {
  return new Date(todayMs - 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}

async function fillDay(database: ScratchDatabase, day: string, first: number): Promise<void> {
  const suffix = day.replaceAll('-', '');
  const from = `'${day} 00:00:00+00'::timestamptz`;
  const tables = ['events', 'event_tags', 'deliveries', 'attempts', 'event_counts', 'attempt_counts'];
  const made = tables.map((table) => `CREATE TABLE ${table}_${suffix} (LIKE ${table});`).join('\n');
  const attached = tables.map(
    (table) =>
      `ALTER TABLE ${table} ATTACH PARTITION ${table}_${suffix} FOR VALUES FROM (${from}) TO (${from} + interval '24 hours');`,
  );
  await database.query(`DO $$ BEGIN
    SET LOCAL synchronous_commit = off;
    ${made}
    INSERT INTO events_${suffix}
    SELECT organization, at, event, name, date_trunc('second', at), CASE WHEN name LIKE 'device.%' THEN device END,
      CASE WHEN name LIKE 'device.%' THEN 'device-' || (i % ${DEVICES}) END, CASE WHEN name LIKE 'device.%' THEN cohort END, NULL,
      CASE WHEN name = 'device.updated' THEN ARRAY['all', 'tag-' || (i % 97)] END,
      CASE WHEN name = 'api_key.created' THEN 'prn:1:user:' || device END,
      CASE WHEN name NOT LIKE 'device.%' THEN 'prn:1:' || organization || ':webhook:' || webhook END, '\\x7b7d'
    FROM (
      SELECT i, ${sqlUuid('organization', `i % ${ORGANIZATIONS}`)} AS organization, gen_random_uuid() AS event, ${NAME} AS name,
        ${from} + make_interval(secs => (i - ${first}) * 86400.0 / ${EVENTS_A_DAY}) AS at,
        ${sqlUuid('device', `i % ${DEVICES}`)} AS device, ${sqlUuid('cohort', `i % ${COHORTS}`)} AS cohort,
        ${sqlUuid('webhook', `i % ${WEBHOOKS}`)} AS webhook
      FROM generate_series(${first}, ${first + EVENTS_A_DAY - 1}) AS i
    ) AS made;
    INSERT INTO event_tags_${suffix} SELECT organization, tag, inserted_at, event, accepted_at FROM events_${suffix}, unnest(tags) AS tag;
    INSERT INTO deliveries_${suffix}
    SELECT organization, ${sqlUuid('webhook', `n % ${WEBHOOKS}`)}, accepted_at, gen_random_uuid(), '', event, name, 1, accepted_at,
      CASE WHEN n / 10 % 50 = 0 THEN 'timeout' WHEN n / 10 % 20 = 0 THEN 'http_status' ELSE 'delivered' END, 200,
      CASE WHEN n / 10 % 50 <> 0 AND n / 10 % 20 <> 0 THEN accepted_at END, NULL, CASE WHEN n / 10 % 50 = 0 THEN accepted_at END,
      CASE WHEN n / 10 % 50 = 0 THEN 'gone' END
    FROM (SELECT *, row_number() OVER () - 1 AS n FROM events_${suffix}) AS numbered;
    INSERT INTO attempts_${suffix}
    SELECT accepted_at, delivery_id, series, 1, accepted_at, webhook, 12.5, outcome, NULL, response_status
    FROM deliveries_${suffix} TABLESAMPLE SYSTEM (10);
    INSERT INTO event_counts_${suffix}
    SELECT organization, dimension, bucket, key, count(*) FROM (
      SELECT organization, date_trunc('hour', inserted_at, 'UTC') AS bucket, 'type' AS dimension, name AS key FROM events_${suffix}
      UNION ALL SELECT organization, date_trunc('hour', inserted_at, 'UTC'), 'cohort', cohort::text FROM events_${suffix} WHERE cohort IS NOT NULL
      UNION ALL SELECT organization, date_trunc('hour', inserted_at, 'UTC'), 'tag', tag FROM event_tags_${suffix}
    ) AS keys GROUP BY 1, 2, 3, 4;
    INSERT INTO attempt_counts_${suffix}
    SELECT organization, date_trunc('hour', accepted_at, 'UTC'), webhook, name, outcome, count(*) FROM deliveries_${suffix} GROUP BY 1, 2, 3, 4, 5;
    ${attached.join('\n')}
  END $$`);
}
