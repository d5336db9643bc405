import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { Database } from '../../database.js';
import { organizationUuid } from '../columns.js';

/** Which buckets: `count` of `bucketMs` each, the first beginning at `from`. */
export interface BucketRange {
  readonly from: Date;
  readonly bucketMs: number;
  readonly count: number;
}

export const EVENT_DIMENSIONS = ['type', 'cohort', 'tag', 'device'] as const;
export type EventDimension = (typeof EVENT_DIMENSIONS)[number];

export const DELIVERY_DIMENSIONS = ['webhook', 'type', 'outcome'] as const;
export type DeliveryDimension = (typeof DELIVERY_DIMENSIONS)[number];

/** What one key came to in one bucket; buckets without any are left out. A cohort, a device and a webhook are told by UUID. */
export interface EventCount {
  readonly key: string;
  readonly at: Date;
  readonly events: number;
}

export interface AttemptCount {
  readonly key: string;
  readonly at: Date;
  readonly attempts: number;
  /** Of these, the ones that delivered. */
  readonly delivered: number;
}

const DELIVERY_KEYS = { webhook: 'webhook::text', type: 'name', outcome: 'outcome' } as const;

/** The busiest are sought among so many times more than are asked for: days are ranked one by one, the window as a whole. */
const CANDIDATES_PER_DEVICE = 4;

/** Counts over time. @throws StoreError */
@Injectable()
export class InsightQueries {
  constructor(private readonly database: Database) {}

  /** Of the `top` keys with the most events in the whole range, by the time that the events bear. */
  events(
    organization: Prn<'organization'>,
    by: EventDimension,
    range: BucketRange,
    top: number,
  ): Promise<EventCount[]> {
    if (by === 'device') return this.#devices(organization, range, top);
    return this.#query<EventCount>(
      `WITH counts AS MATERIALIZED (
         SELECT key, ${bucketOf('bucket')} AS at, sum(events) AS events FROM event_counts
         WHERE organization = $1 AND dimension = $5 AND bucket >= $2 AND bucket < $3 GROUP BY 1, 2
       ), top AS (SELECT key FROM counts GROUP BY key ORDER BY sum(events) DESC, key LIMIT $6)
       SELECT key, at, events::float8 AS events FROM counts JOIN top USING (key)`,
      [organizationUuid(organization), ...span(range), by, top],
    );
  }

  /** Of the `top` keys with the most attempts in the whole range, by when the attempts began. */
  attempts(
    organization: Prn<'organization'>,
    by: DeliveryDimension,
    range: BucketRange,
    top: number,
  ): Promise<AttemptCount[]> {
    return this.#query<AttemptCount>(
      `WITH counts AS MATERIALIZED (
         SELECT ${DELIVERY_KEYS[by]} AS key, ${bucketOf('bucket')} AS at, sum(attempts) AS attempts,
           coalesce(sum(attempts) FILTER (WHERE outcome = 'delivered'), 0) AS delivered
         FROM attempt_counts WHERE organization = $1 AND bucket >= $2 AND bucket < $3 GROUP BY 1, 2
       ), top AS (SELECT key FROM counts GROUP BY key ORDER BY sum(attempts) DESC, key LIMIT $5)
       SELECT key, at, attempts::float8 AS attempts, delivered::float8 AS delivered FROM counts JOIN top USING (key)`,
      [organizationUuid(organization), ...span(range), top],
    );
  }

  /**
   * There are too many devices to count each with every event. Candidates are the busiest of each day that has been looked through
   * (busy-devices.ts) and of the days since, which are counted from the index; the candidates are then counted exactly, from the index
   * as well. A device that was never among the busiest of a day is not found.
   */
  async #devices(organization: Prn<'organization'>, range: BucketRange, top: number): Promise<EventCount[]> {
    const owner = organizationUuid(organization);
    const [from, to] = span(range);
    const candidates = await this.#query<{ device: string }>(
      `WITH passed AS MATERIALIZED (
         SELECT device, bucket, events FROM busy_devices
         WHERE organization = $1 AND bucket >= date_trunc('day', $2::timestamptz, 'UTC') AND bucket < $3
       ), recent AS (
         SELECT device, count(*) AS events FROM events WHERE organization = $1 AND device IS NOT NULL AND inserted_at < $3
           AND inserted_at >= greatest($2, (SELECT max(bucket) + interval '1 day' FROM passed))
         GROUP BY device ORDER BY 2 DESC LIMIT $4
       )
       SELECT device FROM (SELECT device, events FROM passed UNION ALL SELECT device, events FROM recent) AS either
       GROUP BY device ORDER BY sum(events) DESC, device LIMIT $4`,
      [owner, from, to, top * CANDIDATES_PER_DEVICE],
    );
    if (candidates.length === 0) return [];
    return this.#query<EventCount>(
      `WITH counts AS MATERIALIZED (
         SELECT device AS key, ${bucketOf('inserted_at')} AS at, count(*) AS events FROM events
         WHERE organization = $1 AND device = ANY($5::uuid[]) AND inserted_at >= $2 AND inserted_at < $3 GROUP BY 1, 2
       ), top AS (SELECT key FROM counts GROUP BY key ORDER BY sum(events) DESC, key LIMIT $6)
       SELECT key, at, events::float8 AS events FROM counts JOIN top USING (key)`,
      [owner, ...span(range), candidates.map(({ device }) => device), top],
    );
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

/** The start of the bucket that a time falls into; `$2` begins the first, `$4` is the width in seconds. */
export function bucketOf(time: string): string {
  return `date_bin(make_interval(secs => $4::float8), ${time}, $2::timestamptz)`;
}

/** From, to and the width of a bucket in seconds. */
export function span({ from, bucketMs, count }: BucketRange): [Date, Date, number] {
  return [from, new Date(from.getTime() + count * bucketMs), bucketMs / 1_000];
}
