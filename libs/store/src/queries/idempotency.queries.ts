import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database.js';

/** A client's name for one request: the same name again is the same request. */
export interface IdempotencyKey {
  /** Whose name it is: every API key has names of its own. */
  readonly caller: string;
  readonly key: string;
}

/** What a request with a name may do. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: string }
  | { readonly kind: 'answered'; readonly fingerprint: string; readonly sealedReply: string }
  | { readonly kind: 'under_way'; readonly fingerprint: string | undefined }
  | { readonly kind: 'too_many' };

/** Whoever dies in between blocks a name no longer; longer than any request may last. */
const CLAIM = "interval '2 minutes'";
const KEPT = "interval '24 hours'";
const MAX_KEYS_OF_CALLER = 10_000;
const PRUNED_AT_ONCE = 1_000;

/** How many names a caller (`$1`) holds; the bound is also where counting ends. */
const HELD = `(SELECT count(*) FROM (SELECT 1 FROM idempotency_keys WHERE caller = $1 LIMIT ${MAX_KEYS_OF_CALLER}) held)`;

/** Names and the replies that were given to them, sealed. The database's clock is the only one that counts. @throws StoreError */
@Injectable()
export class IdempotencyQueries {
  constructor(private readonly database: Database) {}

  /** Takes a name that is new, has expired, or was left behind by a process that died; one of many at once gets it. */
  async claim({ caller, key }: IdempotencyKey, fingerprint: string): Promise<ClaimResult> {
    const claim = randomUUID();
    return this.database.run(async (manager) => {
      const claimed = await manager.query<{ claim: string }[]>(
        `INSERT INTO idempotency_keys AS k (caller, key, fingerprint, claim, claimed_until, expires_at)
         SELECT $1, $2, $3, $4, now() + ${CLAIM}, now() + ${KEPT}
         WHERE ${HELD} < ${MAX_KEYS_OF_CALLER}
         ON CONFLICT (caller, key) DO UPDATE
           SET fingerprint = excluded.fingerprint, claim = excluded.claim, claimed_until = excluded.claimed_until,
             reply = NULL, expires_at = excluded.expires_at
           WHERE k.expires_at <= now() OR (k.reply IS NULL AND k.claimed_until <= now())
         RETURNING claim`,
        [caller, key, fingerprint, claim],
      );
      if (claimed.length > 0) return { kind: 'claimed', claim };
      const [row] = await manager.query<{ fingerprint: string; reply: string | null }[]>(
        'SELECT fingerprint, reply FROM idempotency_keys WHERE caller = $1 AND key = $2',
        [caller, key],
      );
      if (row !== undefined && row.reply !== null)
        return { kind: 'answered', fingerprint: row.fingerprint, sealedReply: row.reply };
      if (row !== undefined) return { kind: 'under_way', fingerprint: row.fingerprint };
      const [{ held } = { held: '0' }] = await manager.query<{ held: string }[]>(`SELECT ${HELD} AS held`, [caller]);
      // With room left, whoever had the name has given it back this moment.
      if (Number(held) < MAX_KEYS_OF_CALLER) return { kind: 'under_way', fingerprint: undefined };
      return { kind: 'too_many' };
    });
  }

  /**
   * Keeps the reply: given the transaction of the change, they stand or fall together.
   * @returns false when somebody else has the name by now: the change must not be made
   */
  async keep(
    { caller, key }: IdempotencyKey,
    claim: string,
    sealedReply: string,
    transaction?: Transaction,
  ): Promise<boolean> {
    const write = async (manager: Transaction): Promise<boolean> => {
      const [row] = await manager.query<{ count: string }[]>(
        `WITH kept AS (
           UPDATE idempotency_keys SET reply = $4 WHERE caller = $1 AND key = $2 AND claim = $3 RETURNING 1)
         SELECT count(*) FROM kept`,
        [caller, key, claim, sealedReply],
      );
      return row?.count === '1';
    };
    return transaction === undefined ? this.database.run(write) : write(transaction);
  }

  /** Nothing came of it: the name is free again, unless a reply was kept. */
  async release({ caller, key }: IdempotencyKey, claim: string): Promise<void> {
    await this.database.run((manager) =>
      manager.query('DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2 AND claim = $3 AND reply IS NULL', [
        caller,
        key,
        claim,
      ]),
    );
  }

  /** Drops some of what has expired. @returns how many: call again while it is not 0 */
  async prune(): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: string }[]>(
        `WITH gone AS (
           DELETE FROM idempotency_keys WHERE (caller, key) IN (
             SELECT caller, key FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at
             LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED)
           RETURNING 1)
         SELECT count(*) FROM gone`,
      ),
    );
    return Number(row?.count ?? 0);
  }

  async count(): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: string }[]>('SELECT count(*) FROM idempotency_keys'),
    );
    return Number(row?.count ?? 0);
  }
}
