import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import type { ApiKeyScope } from '@fleethook/messages';
import { Database } from '../database.js';

/** A session that holds, with the key that it was opened with, as the key is now. */
export interface ConsoleSession {
  readonly organization: { readonly prn: Prn<'organization'>; readonly name: string };
  readonly apiKey: { readonly prn: Prn<'api_key'>; readonly name: string; readonly scopes: readonly ApiKeyScope[] };
  /** The session's own end or the key's, whichever comes first. */
  readonly expiresAt: Date;
}

interface SessionRow {
  organization_prn: Prn<'organization'>;
  organization_name: string;
  prn: Prn<'api_key'>;
  name: string;
  scopes: ApiKeyScope[];
  expires_at: Date;
}

/** Beyond it the oldest ends: nobody has as many browsers. */
const MAX_SESSIONS_OF_KEY = 50;
const PRUNED_AT_ONCE = 1_000;

/**
 * Sessions of the console by the hash of their token, which itself is kept nowhere. One ends with its time, with its key (revoked: by the
 * foreign key; expired: by the look-up), or when it is closed. @throws StoreError
 */
@Injectable()
export class ConsoleSessionQueries {
  constructor(private readonly database: Database) {}

  /** @returns false when the key is gone by now */
  open(tokenHash: string, apiKey: Prn<'api_key'>, now: Date, expiresAt: Date): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      // Two at once must not both leave as many as there may be.
      const keys = await manager.query<unknown[]>('SELECT 1 FROM api_keys WHERE prn = $1 FOR UPDATE', [apiKey]);
      if (keys.length === 0) return false;
      await manager.query(
        `DELETE FROM console_sessions WHERE token_hash IN (
           SELECT token_hash FROM console_sessions WHERE api_key_prn = $1 ORDER BY inserted_at DESC OFFSET $2)`,
        [apiKey, MAX_SESSIONS_OF_KEY - 1],
      );
      await manager.query(
        'INSERT INTO console_sessions (token_hash, api_key_prn, inserted_at, expires_at) VALUES ($1, $2, $3, $4)',
        [tokenHash, apiKey, now, expiresAt],
      );
      return true;
    });
  }

  async find(tokenHash: string, now: Date): Promise<ConsoleSession | undefined> {
    const [row] = await this.database.run((manager) =>
      manager.query<SessionRow[]>(
        `SELECT k.organization_prn, o.name AS organization_name, k.prn, k.name, k.scopes, least(s.expires_at, k.expires_at) AS expires_at
         FROM console_sessions s JOIN api_keys k ON k.prn = s.api_key_prn JOIN organizations o ON o.prn = k.organization_prn
         WHERE s.token_hash = $1 AND least(s.expires_at, k.expires_at) > $2`,
        [tokenHash, now],
      ),
    );
    if (row === undefined) return undefined;
    return {
      organization: { prn: row.organization_prn, name: row.organization_name },
      apiKey: { prn: row.prn, name: row.name, scopes: row.scopes },
      expiresAt: row.expires_at,
    };
  }

  async close(tokenHash: string): Promise<void> {
    await this.database.run((manager) =>
      manager.query('DELETE FROM console_sessions WHERE token_hash = $1', [tokenHash]),
    );
  }

  /** Drops some of what has expired, by the clock of PostgreSQL. @returns how many: call again while it is not 0 */
  async prune(): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: number }[]>(
        `WITH gone AS (
           DELETE FROM console_sessions WHERE token_hash IN (
             SELECT token_hash FROM console_sessions WHERE expires_at <= now() ORDER BY expires_at
             LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED)
           RETURNING 1)
         SELECT count(*)::int AS count FROM gone`,
      ),
    );
    return row?.count ?? 0;
  }
}
