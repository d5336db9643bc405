import { Injectable } from '@nestjs/common';
import { Database } from '../../database.js';
import { RECENT_COUNTS_KEPT } from './recent-counts.js';

/** The upkeep of recent-counts.ts. */
@Injectable()
export class RecentCounts {
  constructor(private readonly database: Database) {}

  /** Drops what is past. @returns how many rows. @throws StoreError */
  async prune(): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: number }[]>(
        `WITH events AS (DELETE FROM recent_event_counts WHERE bucket < now() - ${RECENT_COUNTS_KEPT} RETURNING 1),
           attempts AS (DELETE FROM recent_attempt_counts WHERE bucket < now() - ${RECENT_COUNTS_KEPT} RETURNING 1)
         SELECT ((SELECT count(*) FROM events) + (SELECT count(*) FROM attempts))::int AS count`,
      ),
    );
    return row?.count ?? 0;
  }
}
