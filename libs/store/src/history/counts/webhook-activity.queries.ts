import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { Database } from '../../database.js';
import { organizationUuid, ownUuid } from '../columns.js';

/** What one webhook's attempts came to in one hour; hours without any are left out. */
export interface HourOfWebhook {
  readonly webhook: Prn<'webhook'>;
  /** Its start. */
  readonly at: Date;
  readonly succeeded: number;
  readonly failed: number;
}

/** Counting ends there: it takes the longer the more there are, and beyond it the number says no more. */
export const MOST_WAITING = 10_000;

const HOUR_MS = 3_600_000;

/** What became of some webhooks' deliveries lately, a page of webhooks at once. @throws StoreError */
@Injectable()
export class WebhookActivityQueries {
  constructor(private readonly database: Database) {}

  /** @param from the start of the first hour */
  async hours(
    organization: Prn<'organization'>,
    webhooks: readonly Prn<'webhook'>[],
    from: Date,
    count: number,
  ): Promise<HourOfWebhook[]> {
    if (webhooks.length === 0) return [];
    // Hour by hour and webhook by webhook through the key: others' webhooks of the organization, however many, are passed over.
    const hours = Array.from({ length: count }, (_, index) => new Date(from.getTime() + index * HOUR_MS));
    const rows = await this.database.run((manager) =>
      manager.query<{ webhook: string; at: Date; succeeded: number; failed: number }[]>(
        `SELECT webhook, bucket AS at, coalesce(sum(attempts) FILTER (WHERE outcome = 'delivered'), 0)::float8 AS succeeded,
           coalesce(sum(attempts) FILTER (WHERE outcome <> 'delivered'), 0)::float8 AS failed
         FROM attempt_counts WHERE organization = $1 AND bucket = ANY ($2::timestamptz[]) AND webhook = ANY ($3::uuid[])
         GROUP BY 1, 2`,
        [organizationUuid(organization), hours, webhooks.map(ownUuid)],
      ),
    );
    return rows.map(({ webhook, ...counts }) => ({ webhook: prnOf(organization, webhook), ...counts }));
  }

  /** Deliveries that were tried and are to be tried again; those of none are left out. At most `MOST_WAITING` each. */
  async waiting(
    organization: Prn<'organization'>,
    webhooks: readonly Prn<'webhook'>[],
  ): Promise<Map<Prn<'webhook'>, number>> {
    if (webhooks.length === 0) return new Map();
    const rows = await this.database.run((manager) =>
      manager.query<{ webhook: string; waiting: number }[]>(
        `SELECT wanted.webhook, counted.waiting FROM unnest($1::uuid[]) AS wanted (webhook)
         CROSS JOIN LATERAL (
           SELECT count(*)::int AS waiting FROM (
             SELECT 1 FROM deliveries AS d
             WHERE d.webhook = wanted.webhook AND d.delivered_at IS NULL AND d.dead_at IS NULL LIMIT ${MOST_WAITING}
           ) AS pending
         ) AS counted WHERE counted.waiting > 0`,
        [webhooks.map(ownUuid)],
      ),
    );
    return new Map(rows.map(({ webhook, waiting }) => [prnOf(organization, webhook), waiting]));
  }
}

function prnOf(organization: Prn<'organization'>, webhook: string): Prn<'webhook'> {
  return `${organization}:webhook:${webhook}` as Prn<'webhook'>;
}
