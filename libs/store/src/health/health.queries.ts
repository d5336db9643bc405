import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { Database } from '../database.js';
import { HOUR_MS, type WebhookHealth } from './webhook-health.js';
import type { Warned, WarningKind } from './webhook-warning.js';

/** All that decides whether an enabled webhook is warned of or disabled. */
export interface FailingWebhook {
  readonly organization: Prn<'organization'>;
  readonly enabledAtMs: number;
  /** Undefined: never. */
  readonly disableAfterMs: number | undefined;
  readonly health: WebhookHealth;
  /** The latest of each kind. */
  readonly warned: readonly Warned[];
}

const HEALTH_COLUMNS = `h.webhook_prn, h.last_success_at, h.last_failure_at, h.last_horizon_at, h.failing_hours,
  h.struggling_at, h.struggling_delivery, h.struggling_outcome, h.struggling_status`;

const FAILING = `
SELECT ${HEALTH_COLUMNS}, w.organization_prn, w.enabled_at, o.disable_after_hours, warned.latest AS warned
FROM webhook_health AS h
JOIN webhooks AS w ON w.prn = h.webhook_prn AND w.state = 'enabled'
JOIN organizations AS o ON o.prn = w.organization_prn
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'kind', kind, 'sinceMs', extract(epoch FROM since) * 1000, 'atMs', extract(epoch FROM inserted_at) * 1000)), '[]') AS latest
  FROM (SELECT DISTINCT ON (kind) kind, since, inserted_at FROM webhook_warnings
    WHERE webhook_prn = h.webhook_prn ORDER BY kind, since DESC) AS each
) AS warned
WHERE (h.failing_hours <> '{}' OR h.struggling_at IS NOT NULL)`;

interface HealthRow {
  webhook_prn: Prn<'webhook'>;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_horizon_at: Date | null;
  failing_hours: Date[];
  struggling_at: Date | null;
  struggling_delivery: string | null;
  struggling_outcome: string | null;
  struggling_status: number | null;
}

interface FailingRow extends HealthRow {
  organization_prn: Prn<'organization'>;
  enabled_at: Date;
  disable_after_hours: number | null;
  warned: { kind: WarningKind; sinceMs: number; atMs: number }[];
}

/** What the recorder noted of endpoints. @throws StoreError */
@Injectable()
export class HealthQueries {
  constructor(private readonly database: Database) {}

  /** Enabled webhooks with something that may call for a warning, by PRN, a page at a time: walks an index of these only. */
  async failing(after: string, limit: number): Promise<FailingWebhook[]> {
    const rows = await this.#query<FailingRow>(`${FAILING} AND h.webhook_prn > $1 ORDER BY h.webhook_prn LIMIT $2`, [
      after,
      limit,
    ]);
    return rows.map(failingOf);
  }

  /** The same of one webhook, as it is now; undefined when it is not one of these (any more). */
  async failingOne(webhook: Prn<'webhook'>): Promise<FailingWebhook | undefined> {
    const [row] = await this.#query<FailingRow>(`${FAILING} AND h.webhook_prn = $1`, [webhook]);
    return row === undefined ? undefined : failingOf(row);
  }

  /** Of those that anything is known of. */
  async of(webhooks: readonly Prn<'webhook'>[]): Promise<Map<Prn<'webhook'>, WebhookHealth>> {
    if (webhooks.length === 0) return new Map();
    const rows = await this.#query<HealthRow>(
      `SELECT ${HEALTH_COLUMNS} FROM webhook_health AS h WHERE h.webhook_prn = ANY ($1)`,
      [webhooks],
    );
    return new Map(rows.map((row) => [row.webhook_prn, healthOfRow(row)]));
  }

  /** Drops what is known of webhooks that were deleted: their last attempts may be recorded afterwards. @returns how many */
  async forgetDeleted(): Promise<number> {
    const rows = await this.#query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM webhook_health AS h WHERE NOT EXISTS (SELECT FROM webhooks AS w WHERE w.prn = h.webhook_prn) RETURNING 1
       ) SELECT count(*)::int AS count FROM gone`,
      [],
    );
    return rows[0]?.count ?? 0;
  }

  #query<R>(sql: string, parameters: readonly unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, [...parameters]));
  }
}

function failingOf(row: FailingRow): FailingWebhook {
  return {
    organization: row.organization_prn,
    enabledAtMs: row.enabled_at.getTime(),
    disableAfterMs: row.disable_after_hours === null ? undefined : row.disable_after_hours * HOUR_MS,
    health: healthOfRow(row),
    warned: row.warned,
  };
}

function healthOfRow(row: HealthRow): WebhookHealth {
  return {
    webhook: row.webhook_prn,
    lastSuccessAtMs: row.last_success_at?.getTime(),
    lastFailureAtMs: row.last_failure_at?.getTime(),
    lastHorizonAtMs: row.last_horizon_at?.getTime(),
    failingHoursMs: row.failing_hours.map((at) => at.getTime()),
    struggling:
      row.struggling_at === null
        ? undefined
        : {
            atMs: row.struggling_at.getTime(),
            delivery: row.struggling_delivery ?? '',
            outcome: row.struggling_outcome ?? '',
            status: row.struggling_status ?? undefined,
          },
  };
}
