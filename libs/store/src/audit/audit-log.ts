import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { Database } from '../database.js';
import { audit, type AuditedChange } from './audit.js';
import type { AuditAction } from './audit-action.js';
import type { Snapshot } from './snapshot.js';

export interface AuditEntry {
  readonly id: string;
  readonly insertedAt: Date;
  readonly actor: string;
  readonly action: AuditAction;
  readonly resource: string;
  readonly before: Snapshot | null;
  readonly after: Snapshot | null;
  readonly requestId: string | null;
}

/** Where a page ended. */
export interface AuditPosition {
  readonly insertedAt: Date;
  readonly id: string;
}

export interface AuditListing {
  readonly resource?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: AuditAction | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  readonly after?: AuditPosition | undefined;
  readonly limit: number;
}

interface AuditRow {
  id: string;
  inserted_at: Date;
  actor: string;
  action: AuditAction;
  resource_prn: string;
  before: Snapshot | null;
  after: Snapshot | null;
  request_id: string | null;
}

const PRUNED_AT_ONCE = 1_000;

/** The audit log's other side: reading it, dropping what is too old, and what is no change of a row. @throws StoreError */
@Injectable()
export class AuditLog {
  constructor(private readonly database: Database) {}

  /** An act that changes nothing in PostgreSQL; changes call `audit` in their own transaction. */
  record(act: AuditedChange): Promise<void> {
    return this.database.transaction((manager) => audit(manager, act));
  }

  /** Newest first. */
  async list(organization: Prn<'organization'>, listing: AuditListing): Promise<AuditEntry[]> {
    const { resource, actor, action, from, to, after, limit } = listing;
    const conditions = ['organization_prn = $1'];
    const parameters: unknown[] = [organization];
    const narrow = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      parameters.push(value);
      conditions.push(`${condition} $${parameters.length}`);
    };
    narrow('resource_prn =', resource);
    narrow('actor =', actor);
    narrow('action =', action);
    narrow('inserted_at >=', from);
    narrow('inserted_at <', to);
    if (after !== undefined) {
      parameters.push(after.insertedAt, after.id);
      conditions.push(`(inserted_at, id) < ($${parameters.length - 1}, $${parameters.length}::bigint)`);
    }
    parameters.push(limit);
    const rows = await this.database.run((manager) =>
      manager.query<AuditRow[]>(
        `SELECT id, inserted_at, actor, action, resource_prn, before, after, request_id FROM audit_log
         WHERE ${conditions.join(' AND ')} ORDER BY inserted_at DESC, id DESC LIMIT $${parameters.length}`,
        parameters,
      ),
    );
    return rows.map(({ id, inserted_at: insertedAt, resource_prn: resource, request_id: requestId, ...rest }) => ({
      ...rest,
      id,
      insertedAt,
      resource,
      requestId,
    }));
  }

  /** Drops some of what is older, by the clock of PostgreSQL. @returns how many: call again while it is not 0 */
  async prune(keptMs: number): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: string }[]>(
        `WITH gone AS (
           DELETE FROM audit_log WHERE id IN (
             SELECT id FROM audit_log WHERE inserted_at < now() - $1 * interval '1 ms' ORDER BY inserted_at
             LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED)
           RETURNING 1)
         SELECT count(*) FROM gone`,
        [keptMs],
      ),
    );
    return Number(row?.count ?? 0);
  }
}
