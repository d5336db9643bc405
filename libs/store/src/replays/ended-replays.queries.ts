import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';

const PRUNED_AT_ONCE = 1_000;

/** What is left of replays once they have ended: a record of what was done, kept for a time. @throws StoreError */
@Injectable()
export class EndedReplays {
  constructor(private readonly database: Database) {}

  /** Drops some of those that ended longer ago, by the clock of PostgreSQL. @returns how many: call again while it is not 0 */
  async prune(keptMs: number): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: string }[]>(
        `WITH gone AS (
           DELETE FROM replays WHERE prn IN (
             SELECT prn FROM replays WHERE ended_at < now() - $1 * interval '1 ms' ORDER BY ended_at
             LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED)
           RETURNING 1)
         SELECT count(*) FROM gone`,
        [keptMs],
      ),
    );
    return Number(row?.count ?? 0);
  }
}
