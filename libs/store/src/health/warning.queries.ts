import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import { Database } from '../database.js';
import type { NewWarning, WarningDetails, WarningKind, WebhookWarning } from './webhook-warning.js';

export interface WarningPosition {
  readonly insertedAt: Date;
  readonly id: string;
}

export interface WarningListing {
  readonly limit: number;
  readonly after: WarningPosition | undefined;
  readonly webhook: Prn<'webhook'> | undefined;
  readonly kind: WarningKind | undefined;
}

interface WarningRow {
  id: string;
  organization_prn: Prn<'organization'>;
  webhook_prn: Prn<'webhook'>;
  kind: WarningKind;
  since: Date;
  details: WarningDetails;
  inserted_at: Date;
}

const COLUMNS = 'id, organization_prn, webhook_prn, kind, since, details, inserted_at';

/** The warnings that were given. @throws StoreError */
@Injectable()
export class WarningQueries {
  constructor(private readonly database: Database) {}

  /** @returns false when there was one of its kind since the same success or enabling: two processes may decide the same */
  add(warning: NewWarning, now: Date): Promise<boolean> {
    return this.database.run((manager) => insertWarning(manager, warning, now));
  }

  /** Newest first. */
  async list(organization: Prn<'organization'>, listing: WarningListing): Promise<WebhookWarning[]> {
    const parameters: unknown[] = [organization, listing.limit];
    const conditions = ['organization_prn = $1'];
    const narrow = (condition: (parameter: string) => string, value: unknown): void => {
      parameters.push(value);
      conditions.push(condition(`$${parameters.length}`));
    };
    if (listing.webhook !== undefined) narrow((it) => `webhook_prn = ${it}`, listing.webhook);
    if (listing.kind !== undefined) narrow((it) => `kind = ${it}`, listing.kind);
    if (listing.after !== undefined) {
      parameters.push(listing.after.insertedAt, listing.after.id);
      conditions.push(`(inserted_at, id) < ($${parameters.length - 1}, $${parameters.length})`);
    }
    const rows = await this.#query(
      `SELECT ${COLUMNS} FROM webhook_warnings WHERE ${conditions.join(' AND ')} ORDER BY inserted_at DESC, id DESC LIMIT $2`,
      parameters,
    );
    return rows.map(warningOf);
  }

  /** The latest few of each webhook, newest first. */
  async latestOf(webhooks: readonly Prn<'webhook'>[], limit: number): Promise<WebhookWarning[]> {
    if (webhooks.length === 0) return [];
    const rows = await this.#query(
      `SELECT latest.* FROM unnest($1::text[]) AS asked (webhook) CROSS JOIN LATERAL (
         SELECT ${COLUMNS} FROM webhook_warnings WHERE webhook_prn = asked.webhook ORDER BY inserted_at DESC, id DESC LIMIT $2
       ) AS latest`,
      [webhooks, limit],
    );
    return rows.map(warningOf);
  }

  /** By the clock of PostgreSQL. @returns how many were dropped */
  async dropOlderThan(keptMs: number): Promise<number> {
    const [dropped] = await this.database.run((manager) =>
      manager.query<{ count: number }[]>(
        `WITH old AS (DELETE FROM webhook_warnings WHERE inserted_at < now() - $1 * interval '1 ms' RETURNING 1) SELECT count(*)::int AS count FROM old`,
        [keptMs],
      ),
    );
    return dropped?.count ?? 0;
  }

  #query(sql: string, parameters: readonly unknown[]): Promise<WarningRow[]> {
    return this.database.run((manager) => manager.query<WarningRow[]>(sql, [...parameters]));
  }
}

/** In the transaction of what it tells of. @returns false when it was there */
export async function insertWarning(manager: EntityManager, warning: NewWarning, now: Date): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO webhook_warnings (id, organization_prn, webhook_prn, kind, since, details, inserted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (webhook_prn, kind, since) DO NOTHING RETURNING id`,
    [
      randomUUID(),
      warning.organization,
      warning.webhook,
      warning.kind,
      new Date(warning.sinceMs),
      JSON.stringify(warning.details),
      now,
    ],
  );
  return rows.length > 0;
}

function warningOf(row: WarningRow): WebhookWarning {
  return {
    id: row.id,
    organization: row.organization_prn,
    webhook: row.webhook_prn,
    kind: row.kind,
    sinceMs: row.since.getTime(),
    details: row.details,
    insertedAt: row.inserted_at,
  };
}
