import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database.js';
import { ReplayEntity, type ReplayPosition, type ReplayReason, type ReplayState } from './replay.entity.js';
import type { Prn } from '@fleethook/events';

/** What a run has done so far, up to its position. */
export interface ReplayProgress {
  readonly position: ReplayPosition;
  readonly scanned: number;
  readonly matched: number;
  readonly sent: number;
  readonly skipped: number;
  readonly total: number | null;
}

/** How a run ended by itself. */
export interface ReplayEnd {
  readonly state: Extract<ReplayState, 'completed' | 'paused' | 'failed'>;
  readonly reason: ReplayReason | null;
}

export interface GoingReplay extends Pick<
  ReplayEntity,
  'prn' | 'organizationPrn' | 'webhookPrn' | 'source' | 'insertedAt'
> {
  /** Of its webhook's configuration. Null: the webhook is disabled or gone, or is only counted for. */
  readonly enabledVersion: number | null;
  /** Of a bookmark's; null: it has none yet. */
  readonly windowEnd: Date | null;
}

/** More can be open, but no process would run as many at once. */
const MAX_GOING = 1_000;

/** What the process that runs replays asks and writes. A run bears its runner's name, so that a former runner changes nothing. @throws StoreError */
@Injectable()
export class ReplayRunQueries {
  constructor(private readonly database: Database) {}

  /**
   * Those that should be under way: first what this runner has begun, then the oldest of every organization, then everybody's second, and so
   * on. So nobody waits for all that another one has asked for.
   */
  going(runner: string): Promise<GoingReplay[]> {
    return this.database.run((manager) =>
      manager.query<GoingReplay[]>(
        `SELECT r.prn, r.organization_prn AS "organizationPrn", r.webhook_prn AS "webhookPrn", r.source,
           r.inserted_at AS "insertedAt", CASE WHEN r.state = 'running' THEN w.version END AS "enabledVersion",
           CASE WHEN r.position <> '{}'::jsonb THEN r.window_to END AS "windowEnd"
         FROM replays AS r LEFT JOIN webhooks AS w ON w.prn = r.webhook_prn AND w.state = 'enabled'
         WHERE r.ended_at IS NULL AND r.state IN ('running', 'counting')
         ORDER BY r.runner IS NOT DISTINCT FROM $1::uuid DESC,
           row_number() OVER (PARTITION BY r.organization_prn ORDER BY r.inserted_at, r.prn), r.inserted_at, r.prn
         LIMIT ${MAX_GOING}`,
        [runner],
      ),
    );
  }

  /** @returns the replay as its new runner finds it; undefined when it was paused or cancelled meanwhile */
  async claim(prn: Prn<'replay'>, runner: string, now: Date): Promise<ReplayEntity | undefined> {
    return this.database.transaction(async (manager) => {
      const replay = await manager.findOne(ReplayEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
      if (replay?.state !== 'running' && replay?.state !== 'counting') return undefined;
      const change = { runner, startedAt: replay.startedAt ?? now, updatedAt: now };
      await manager.update(ReplayEntity, { prn }, change);
      return Object.assign(replay, change);
    });
  }

  /** @returns the state that others have put it in; undefined when it is another runner's by now */
  async save(
    prn: Prn<'replay'>,
    runner: string,
    progress: ReplayProgress,
    now: Date,
  ): Promise<ReplayState | undefined> {
    const { position, scanned, matched, sent, skipped, total } = progress;
    // An array of rows and how many: what TypeORM makes of UPDATE ... RETURNING.
    const [rows] = await this.database.run((manager) =>
      manager.query<[{ state: ReplayState }[], number]>(
        `UPDATE replays SET position = $3, scanned = $4, matched = $5, sent = $6, skipped = $7, total = $8, updated_at = $9
         WHERE prn = $1 AND runner = $2 RETURNING state`,
        [prn, runner, JSON.stringify(position), scanned, matched, sent, skipped, total, now],
      ),
    );
    return rows[0]?.state;
  }

  /** Unless it was paused or cancelled meanwhile, or is another runner's, or its webhook was enabled after the run saw it disabled. */
  async end(prn: Prn<'replay'>, runner: string, { state, reason }: ReplayEnd, now: Date): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (reason === 'webhook_disabled' && (await isEnabled(manager, prn))) return;
      await manager.query(
        `UPDATE replays SET state = $3, reason = $4, updated_at = $5::timestamptz,
           ended_at = CASE WHEN $3 = 'paused' THEN NULL ELSE $5::timestamptz END
         WHERE prn = $1 AND runner = $2 AND state IN ('running', 'counting')`,
        [prn, runner, state, reason, now],
      );
    });
  }
}

/**
 * Of the replay's webhook. Whoever enables it holds its lock, too, while resuming what is paused: so a replay is either paused by then and
 * resumed, or found enabled here and never paused.
 */
async function isEnabled(manager: EntityManager, replay: Prn<'replay'>): Promise<boolean> {
  const [webhook] = await manager.query<{ state: string }[]>(
    `SELECT w.state FROM webhooks AS w JOIN replays AS r ON r.webhook_prn = w.prn WHERE r.prn = $1 FOR SHARE OF w`,
    [replay],
  );
  return webhook?.state === 'enabled';
}
