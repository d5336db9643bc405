import { Injectable } from '@nestjs/common';
import { organizationOf, type EventName, type Prn } from '@fleethook/events';
import { Database } from '../../database.js';
import { organizationUuid } from '../columns.js';
import { deliveryPage, type DeliveryListing, type DeliveryPosition, type DeliveryStatus } from './delivery-page.js';

/** One delivery: an event, a webhook and a series. */
export interface DeliveryRecord {
  readonly delivery: string;
  /** Empty for the first series; a resend or a replay is one of its own. */
  readonly series: string;
  readonly webhook: Prn<'webhook'>;
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly status: DeliveryStatus;
  /** When intake took the event. */
  readonly acceptedAt: Date;
  readonly attemptCount: number;
  /** The delivering attempt, or the latest one. */
  readonly lastAttemptedAt: Date | undefined;
  readonly outcome: string | undefined;
  readonly responseStatus: number | undefined;
  readonly deliveredAt: Date | undefined;
  readonly nextAttemptAt: Date | undefined;
  readonly deadAt: Date | undefined;
  readonly deadReason: string | undefined;
  /** It was given up, and a later series took it up again. */
  readonly redriven: boolean;
  /** Where it stands among the deliveries of a device; undefined in any other list. */
  readonly ofEvent: DeliveryPosition['ofEvent'];
}

export interface AttemptRecord {
  readonly delivery: string;
  readonly series: string;
  readonly attempt: number;
  readonly startedAt: Date;
  /** Of the webhook's configuration that it was made of. */
  readonly configVersion: number | undefined;
  readonly latencyMs: number;
  readonly outcome: string;
  readonly stage: string | undefined;
  readonly status: number | undefined;
  readonly address: string | undefined;
  readonly excerpt: string | undefined;
  readonly detail: string | undefined;
  readonly nextTier: string | undefined;
  readonly nextDueAt: Date | undefined;
  readonly deadReason: string | undefined;
}

/** Of one series: more attempts than a schedule has, duplicates included; a bound, not a page. */
const MAX_ATTEMPTS = 500;

// The last column is asked of what was given up alone, and finds its rows beside this one.
const DELIVERY_COLUMNS = `d.organization, d.webhook, d.accepted_at, d.delivery_id, d.series, d.event, d.name, d.attempt_count,
  d.last_attempted_at, d.outcome, d.response_status, d.delivered_at, d.next_attempt_at, d.dead_at, d.dead_reason,
  CASE WHEN d.dead_at IS NULL OR d.delivered_at IS NOT NULL THEN false ELSE EXISTS (
    SELECT FROM deliveries again WHERE again.webhook = d.webhook AND again.accepted_at = d.accepted_at
      AND again.delivery_id = d.delivery_id AND again.series <> d.series AND again.last_attempted_at > d.dead_at
  ) END AS redriven`;

interface DeliveryRow {
  organization: string;
  webhook: string;
  accepted_at: Date;
  delivery_id: string;
  series: string;
  event: string;
  name: EventName;
  attempt_count: number;
  last_attempted_at: Date | null;
  outcome: string | null;
  response_status: number | null;
  delivered_at: Date | null;
  next_attempt_at: Date | null;
  dead_at: Date | null;
  dead_reason: string | null;
  redriven: boolean;
  event_inserted_at?: Date;
}

interface AttemptRow {
  delivery_id: string;
  series: string;
  attempt: number;
  started_at: Date;
  config_version: number | null;
  latency_ms: number;
  outcome: string;
  stage: string | null;
  status: number | null;
  address: string | null;
  excerpt: string | null;
  detail: string | null;
  next_tier: string | null;
  next_due_at: Date | null;
  dead_reason: string | null;
}

/** What the Admin API reads of the history. Every query walks an index of history-schema.ts. @throws StoreError */
@Injectable()
export class HistoryQueries {
  constructor(private readonly database: Database) {}

  /** Newest first, by acceptance; of a device, by its events. */
  async deliveries(listing: DeliveryListing): Promise<DeliveryRecord[]> {
    const { sql, parameters } = deliveryPage(DELIVERY_COLUMNS, listing);
    return (await this.#query<DeliveryRow>(sql, parameters)).map(deliveryOf);
  }

  /**
   * The series of one delivery, newest first; an event that was published again under its PRN has one for each time. Every resend and every
   * replay adds one: there may be any number.
   */
  async delivery(webhook: Prn<'webhook'>, delivery: string, limit: number): Promise<DeliveryRecord[]> {
    const all = await this.deliveryOf(organizationOf(webhook), delivery, limit);
    return all.filter((one) => one.webhook === webhook);
  }

  /** The same, whichever webhook of the organization it is for. */
  async deliveryOf(organization: Prn<'organization'>, delivery: string, limit: number): Promise<DeliveryRecord[]> {
    const rows = await this.#query<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM deliveries d WHERE d.delivery_id = $1 AND d.organization = $2
       ORDER BY d.accepted_at DESC, d.last_attempted_at DESC NULLS LAST, d.series DESC LIMIT $3`,
      [delivery, organizationUuid(organization), limit],
    );
    return rows.map(deliveryOf);
  }

  /** The attempts of some series, in the order they began. A crash can leave one number twice: both were sent. */
  async attempts(of: readonly DeliveryRecord[]): Promise<AttemptRecord[]> {
    const rows = await this.#query<AttemptRow>(
      `SELECT a.* FROM unnest($1::timestamptz[], $2::uuid[], $3::text[]) AS s (accepted_at, delivery_id, series),
         LATERAL (
           SELECT delivery_id, series, attempt, started_at, config_version, latency_ms, outcome, stage, status, address,
             excerpt, detail, next_tier, next_due_at, dead_reason
           FROM attempts WHERE accepted_at = s.accepted_at AND delivery_id = s.delivery_id AND series = s.series
             AND started_at >= s.accepted_at - interval '1 day'
           ORDER BY started_at, attempt LIMIT ${MAX_ATTEMPTS}
         ) a
       ORDER BY a.started_at, a.attempt`,
      [of.map((one) => one.acceptedAt), of.map((one) => one.delivery), of.map((one) => one.series)],
    );
    return rows.map(attemptOf);
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

function deliveryOf(row: DeliveryRow): DeliveryRecord {
  const delivered = row.delivered_at !== null;
  const ended = delivered || row.dead_at !== null;
  return {
    delivery: row.delivery_id,
    series: row.series,
    webhook: `prn:1:${row.organization}:webhook:${row.webhook}` as Prn<'webhook'>,
    event: `prn:1:${row.organization}:event:${row.event}` as Prn<'event'>,
    name: row.name,
    status: delivered ? 'delivered' : ended ? 'failed' : 'pending',
    acceptedAt: row.accepted_at,
    attemptCount: row.attempt_count,
    lastAttemptedAt: row.last_attempted_at ?? undefined,
    outcome: row.outcome ?? undefined,
    responseStatus: row.response_status ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
    nextAttemptAt: ended ? undefined : (row.next_attempt_at ?? undefined),
    deadAt: delivered ? undefined : (row.dead_at ?? undefined),
    deadReason: delivered ? undefined : (row.dead_reason ?? undefined),
    redriven: row.redriven,
    ofEvent: row.event_inserted_at === undefined ? undefined : { insertedAt: row.event_inserted_at, event: row.event },
  };
}

function attemptOf(row: AttemptRow): AttemptRecord {
  return {
    delivery: row.delivery_id,
    series: row.series,
    attempt: row.attempt,
    startedAt: row.started_at,
    configVersion: row.config_version ?? undefined,
    latencyMs: row.latency_ms,
    outcome: row.outcome,
    stage: row.stage ?? undefined,
    status: row.status ?? undefined,
    address: row.address ?? undefined,
    excerpt: row.excerpt ?? undefined,
    detail: row.detail ?? undefined,
    nextTier: row.next_tier ?? undefined,
    nextDueAt: row.next_due_at ?? undefined,
    deadReason: row.dead_reason ?? undefined,
  };
}
