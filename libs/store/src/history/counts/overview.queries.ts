import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { Database } from '../../database.js';
import { organizationUuid } from '../columns.js';
import { NAMES_OF_RECORDS } from '../events/attempt-events.js';
import { bucketOf, span, type BucketRange } from './insight.queries.js';

/** What one bucket came to; buckets without anything are left out. */
export interface BucketCounts {
  readonly at: Date;
  readonly events: number;
  /** Attempts. */
  readonly succeeded: number;
  readonly failed: number;
}

/** Deliveries of events that were accepted from some time on. */
export interface UnfinishedCounts {
  /** Given up. */
  readonly dead: number;
  /** Tried, and to be tried again. */
  readonly waiting: number;
}

export interface WebhookCounts {
  readonly enabled: number;
  readonly disabled: number;
  /** Of the enabled: their endpoint fails. */
  readonly failing: number;
}

/** Counting ends there: a hundred thousand or more, it is many. */
const MOST_COUNTED = 100_000;

const HOURLY = {
  events: `SELECT bucket, events, 0 AS succeeded, 0 AS failed FROM event_counts
    WHERE organization = $1 AND dimension = 'type' AND bucket >= $2 AND bucket < $3
      AND key NOT IN ${NAMES_OF_RECORDS}`,
  attempts: `SELECT bucket, 0, CASE WHEN outcome = 'delivered' THEN attempts ELSE 0 END,
      CASE WHEN outcome = 'delivered' THEN 0 ELSE attempts END
    FROM attempt_counts WHERE organization = $1 AND bucket >= $2 AND bucket < $3`,
} as const;

const RECENT = {
  events: `SELECT bucket, events, 0 AS succeeded, 0 AS failed FROM recent_event_counts
    WHERE organization = $1 AND bucket >= $2 AND bucket < $3`,
  attempts: `SELECT bucket, 0, succeeded, failed FROM recent_attempt_counts
    WHERE organization = $1 AND bucket >= $2 AND bucket < $3`,
} as const;

/** What an organization sees first. @throws StoreError */
@Injectable()
export class OverviewQueries {
  constructor(private readonly database: Database) {}

  /** @param isRecent within the last hours, in buckets of any width; else in buckets of hours */
  buckets(organization: Prn<'organization'>, range: BucketRange, isRecent: boolean): Promise<BucketCounts[]> {
    const { events, attempts } = isRecent ? RECENT : HOURLY;
    return this.#query<BucketCounts>(
      `SELECT ${bucketOf('bucket')} AS at, sum(events)::float8 AS events, sum(succeeded)::float8 AS succeeded,
         sum(failed)::float8 AS failed
       FROM (${events} UNION ALL ${attempts}) AS counts GROUP BY 1 ORDER BY 1`,
      [organizationUuid(organization), ...span(range)],
    );
  }

  async unfinished(organization: Prn<'organization'>, acceptedFrom: Date): Promise<UnfinishedCounts> {
    const [row] = await this.#query<UnfinishedCounts>(
      `SELECT ${counted('delivered_at IS NULL AND dead_at IS NOT NULL')} AS dead,
         ${counted('delivered_at IS NULL AND dead_at IS NULL')} AS waiting`,
      [organizationUuid(organization), acceptedFrom],
    );
    return row ?? { dead: 0, waiting: 0 };
  }

  /** Whose endpoint fails: what `failingRun` of the API says of one. */
  async webhooks(organization: Prn<'organization'>): Promise<WebhookCounts> {
    const [row] = await this.#query<WebhookCounts>(
      `SELECT count(*) FILTER (WHERE w.state = 'enabled')::int AS enabled,
         count(*) FILTER (WHERE w.state = 'disabled')::int AS disabled,
         count(*) FILTER (WHERE w.state = 'enabled' AND h.failing_hours[cardinality(h.failing_hours)]
           > greatest(w.enabled_at, h.last_success_at))::int AS failing
       FROM webhooks w LEFT JOIN webhook_health h ON h.webhook_prn = w.prn WHERE w.organization_prn = $1`,
      [organization],
    );
    return row ?? { enabled: 0, disabled: 0, failing: 0 };
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

/** So many deliveries of the organization (`$1`) that were accepted from a time on (`$2`). */
function counted(condition: string): string {
  return `(SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE organization = $1 AND accepted_at >= $2 AND ${condition}
    LIMIT ${MOST_COUNTED}) AS counted)::int`;
}
