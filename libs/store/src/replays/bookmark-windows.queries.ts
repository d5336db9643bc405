import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import { Database } from '../database.js';

/** A replay of a bookmark whose window has no end yet, and the configuration that its webhook is enabled with. */
export interface OpenWindow {
  readonly prn: Prn<'replay'>;
  readonly webhookPrn: Prn<'webhook'>;
  readonly version: number;
}

/** Nothing is remembered of it: its run has not begun, and what its row has for an end is only when somebody asked for it. */
const IS_OPEN = `source = 'bookmark' AND ended_at IS NULL AND position = '{}'::jsonb`;
const ENDED_HERE = `window_to = GREATEST(window_to, $2::timestamptz), position = '{"isBounded": true}'::jsonb`;

/**
 * Where the windows of bookmarks end. A webhook that is enabled goes on missing events until those who route know it, however long that
 * takes, or until it is disabled again. @throws StoreError
 */
@Injectable()
export class BookmarkWindows {
  constructor(private readonly database: Database) {}

  /** The paused ones too: what they are to make good does not grow while they wait. */
  open(): Promise<OpenWindow[]> {
    return this.database.run((manager) =>
      manager.query<OpenWindow[]>(
        `SELECT r.prn, r.webhook_prn AS "webhookPrn", w.version
         FROM replays AS r JOIN webhooks AS w ON w.prn = r.webhook_prn AND w.state = 'enabled'
         WHERE ${IS_OPEN}`,
      ),
    );
  }

  /** Unless it has ended before. */
  async end(prn: Prn<'replay'>, at: Date): Promise<void> {
    await this.database.run((manager) =>
      manager.query(`UPDATE replays SET ${ENDED_HERE} WHERE prn = $1 AND ${IS_OPEN}`, [prn, at]),
    );
  }
}

/** In the transaction that disables a webhook: what comes from here on is for its next bookmark. */
export async function endWindowsOf(manager: EntityManager, webhook: Prn<'webhook'>, now: Date): Promise<void> {
  await manager.query(`UPDATE replays SET ${ENDED_HERE} WHERE webhook_prn = $1 AND ${IS_OPEN}`, [webhook, now]);
}
