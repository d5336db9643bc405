import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import type { BreakerMessage } from '@fleethook/messages';
import { Database } from '../database.js';
import { float8Array, textArray } from '../history/binary-array.js';
import { LATEST_MOMENT } from './latest-moment.js';

/** `unknown`: it was open, and there has been no news for longer than it would stay so; its process may have ended. */
export type BreakerState = 'closed' | 'open' | 'half_open' | 'unknown';

/**
 * An open one that nobody has come to probe is forgotten by its process after its longest pause (circuit-breaker.ts of the delivery app), and
 * one whose process died is news of nobody. A closed one is what any that is not known is.
 */
const STALE_AFTER = "interval '10 minutes'";
const KEPT = "interval '1 day'";

const STATE = `CASE
    WHEN b.open_until IS NULL THEN 'closed'
    WHEN b.open_until > $1 THEN 'open'
    WHEN b.open_until + ${STALE_AFTER} > $1 THEN 'half_open'
    ELSE 'unknown'
  END`;

/** Of several lanes the one that is most shut. */
const SHUTNESS: readonly BreakerState[] = ['open', 'half_open', 'unknown', 'closed'];

/** Circuit breakers, as the delivery processes last told of them. @throws StoreError */
@Injectable()
export class BreakerQueries {
  constructor(private readonly database: Database) {}

  /**
   * The latest of each lane stays, in whatever order they come: writing one again changes nothing. One from too far ahead is passed over, and
   * one that is there gives way: nothing true would be later, for as long as its clock was ahead.
   */
  async record(messages: readonly BreakerMessage[]): Promise<void> {
    if (messages.length === 0) return;
    // In the order of the key: two recorders cannot wait for each other's rows in a circle.
    await this.database.run((manager) =>
      manager.query(
        `INSERT INTO webhook_breakers AS old (webhook_prn, lane, changed_at, open_until)
         SELECT DISTINCT ON (webhook_prn, lane) webhook_prn, lane::int, to_timestamp(at / 1000), to_timestamp(until / 1000)
         FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[])
           WITH ORDINALITY AS row (webhook_prn, lane, at, until, place)
         WHERE to_timestamp(at / 1000) <= ${LATEST_MOMENT}
         ORDER BY webhook_prn, lane, at DESC, place DESC
         ON CONFLICT (webhook_prn, lane) DO UPDATE SET changed_at = excluded.changed_at, open_until = excluded.open_until
           WHERE excluded.changed_at >= old.changed_at OR old.changed_at > ${LATEST_MOMENT}`,
        [
          textArray(messages.map(({ webhook }) => webhook)),
          float8Array(messages.map(({ lane }) => lane)),
          float8Array(messages.map(({ atMs }) => atMs)),
          float8Array(messages.map(({ state, openUntilMs }) => (state === 'open' ? openUntilMs : undefined))),
        ],
      ),
    );
  }

  /** Of those that anything is known of. */
  async of(webhooks: readonly Prn<'webhook'>[], now: Date): Promise<Map<Prn<'webhook'>, BreakerState>> {
    if (webhooks.length === 0) return new Map();
    const rows = await this.database.run((manager) =>
      manager.query<{ webhook_prn: Prn<'webhook'>; state: BreakerState }[]>(
        `SELECT b.webhook_prn, ${STATE} AS state FROM webhook_breakers b WHERE b.webhook_prn = ANY ($2)`,
        [now, webhooks],
      ),
    );
    const states = new Map<Prn<'webhook'>, BreakerState>();
    for (const { webhook_prn: webhook, state } of rows) {
      const known = states.get(webhook);
      if (known === undefined || SHUTNESS.indexOf(state) < SHUTNESS.indexOf(known)) states.set(webhook, state);
    }
    return states;
  }

  /** Enabled webhooks of the organization with a breaker that is open or half open. */
  async countOpen(organization: Prn<'organization'>, now: Date): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: number }[]>(
        `SELECT count(DISTINCT b.webhook_prn)::int AS count FROM webhooks w JOIN webhook_breakers b ON b.webhook_prn = w.prn
         WHERE w.organization_prn = $2 AND w.state = 'enabled' AND ${STATE} IN ('open', 'half_open')`,
        [now, organization],
      ),
    );
    return row?.count ?? 0;
  }

  /** Drops what nobody has told of for long, and what is from too far ahead. @returns how many rows */
  async prune(): Promise<number> {
    const [row] = await this.database.run((manager) =>
      manager.query<{ count: number }[]>(
        `WITH gone AS (
           DELETE FROM webhook_breakers WHERE changed_at < now() - ${KEPT} OR changed_at > ${LATEST_MOMENT} RETURNING 1
         )
         SELECT count(*)::int AS count FROM gone`,
      ),
    );
    return row?.count ?? 0;
  }
}
