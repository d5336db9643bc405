import { Injectable } from '@nestjs/common';
import type { EventName, Prn } from '@fleethook/events';
import type { DeadReason } from '@fleethook/messages';
import { Database } from '../database.js';

/** A delivery of the history that can be sent again, once its body is found. */
export interface ReplayableDelivery {
  readonly delivery: string;
  readonly webhook: Prn<'webhook'>;
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly acceptedAt: Date;
  /** When it was given up: then a dead letter with its body was written. */
  readonly deadAt: Date | undefined;
}

export interface FailedWindow {
  readonly webhook: Prn<'webhook'>;
  /** Of the times at which intake took the events; `to` is exclusive. */
  readonly from: Date;
  readonly to: Date;
  /** `failed`: given up. `pending`: tried in vain at least once, and still to be tried. */
  readonly statuses: readonly ('failed' | 'pending')[];
  /** Of those given up; undefined: any. */
  readonly deadReasons: readonly DeadReason[] | undefined;
}

export interface FailedPage {
  readonly after: { readonly acceptedAtMs: number; readonly delivery: string } | undefined;
  readonly limit: number;
}

interface Row {
  organization: string;
  webhook: string;
  delivery_id: string;
  event: string;
  name: EventName;
  accepted_at: Date;
  dead_at: Date | null;
}

const COLUMNS = 'organization, webhook, delivery_id, event, name, accepted_at, dead_at';

/** Finds deliveries to send again. Every query walks an index of history-schema.ts. @throws StoreError */
@Injectable()
export class ReplayableDeliveries {
  constructor(private readonly database: Database) {}

  /** Those of a window that did not arrive in any series, oldest first, each once. */
  async failed(window: FailedWindow, { after, limit }: FailedPage): Promise<ReplayableDelivery[]> {
    const parameters = [...parametersOf(window), limit];
    if (after !== undefined) parameters.push(new Date(after.acceptedAtMs), after.delivery);
    const rows = await this.#query<Row>(
      `SELECT DISTINCT ON (accepted_at, delivery_id) ${COLUMNS} FROM ${failedOf(window)}
       ${after === undefined ? '' : 'AND accepted_at >= $6 AND (accepted_at, delivery_id) > ($6, $7)'}
       ORDER BY accepted_at, delivery_id, dead_at DESC NULLS LAST LIMIT $5`,
      parameters,
    );
    return rows.map(deliveryOf);
  }

  /** How many they are; undefined when more than `most`. */
  async countFailed(window: FailedWindow, most: number): Promise<number | undefined> {
    const [row] = await this.#query<{ count: number }>(
      `SELECT count(*)::int AS count FROM
         (SELECT DISTINCT accepted_at, delivery_id FROM ${failedOf(window)} LIMIT $5) AS found`,
      [...parametersOf(window), most + 1],
    );
    return row === undefined || row.count > most ? undefined : row.count;
  }

  /**
   * Which of these deliveries need not be sent: they have arrived, or wait for their next attempt. A time for the next attempt that has
   * passed says nothing: the attempt may have been made, or the delivery given up.
   */
  async settled(webhook: Prn<'webhook'>, deliveries: readonly string[], from: Date, now: Date): Promise<Set<string>> {
    if (deliveries.length === 0) return new Set();
    const rows = await this.#query<{ delivery_id: string }>(
      `SELECT DISTINCT delivery_id FROM deliveries
       WHERE delivery_id = ANY($2::uuid[]) AND webhook = $1 AND accepted_at >= $3
         AND (delivered_at IS NOT NULL OR (dead_at IS NULL AND next_attempt_at > $4))`,
      [uuidOf(webhook), [...deliveries], from, now],
    );
    return new Set(rows.map((row) => row.delivery_id));
  }

  /** One delivery, whatever state it is in; of an event that was published again under its PRN, the latest. */
  async find(organization: Prn<'organization'>, delivery: string): Promise<ReplayableDelivery | undefined> {
    const [row] = await this.#query<Row>(
      `SELECT ${COLUMNS} FROM deliveries WHERE delivery_id = $1 AND organization = $2
       ORDER BY accepted_at DESC, dead_at DESC NULLS LAST LIMIT 1`,
      [delivery, uuidOf(organization)],
    );
    return row === undefined ? undefined : deliveryOf(row);
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

function parametersOf({ webhook, from, to, deadReasons }: FailedWindow): unknown[] {
  return [uuidOf(webhook), from, to, deadReasons ?? null];
}

const GIVEN_UP = 'dead_at IS NOT NULL AND ($4::text[] IS NULL OR dead_reason = ANY($4::text[]))';
const TRIED_IN_VAIN = 'dead_at IS NULL AND attempt_count > 0';

// Written so that one status alone finds the partial index that is made for it.
function failedOf({ statuses }: FailedWindow): string {
  const [given, tried] = [statuses.includes('failed'), statuses.includes('pending')];
  const condition =
    given && tried
      ? `((${GIVEN_UP}) OR (${TRIED_IN_VAIN}))`
      : given
        ? GIVEN_UP
        : `$4::text[] IS NULL AND ${TRIED_IN_VAIN}`;
  return `deliveries AS d WHERE webhook = $1 AND accepted_at >= $2 AND accepted_at < $3
    AND delivered_at IS NULL AND ${condition}
    AND NOT EXISTS (SELECT 1 FROM deliveries AS arrived
      WHERE arrived.webhook = d.webhook AND arrived.accepted_at = d.accepted_at AND arrived.delivery_id = d.delivery_id
        AND arrived.delivered_at IS NOT NULL)`;
}

function uuidOf(prn: string): string {
  return prn.slice(-36);
}

function deliveryOf(row: Row): ReplayableDelivery {
  return {
    delivery: row.delivery_id,
    webhook: `prn:1:${row.organization}:webhook:${row.webhook}` as Prn<'webhook'>,
    event: `prn:1:${row.organization}:event:${row.event}` as Prn<'event'>,
    name: row.name,
    acceptedAt: row.accepted_at,
    deadAt: row.dead_at ?? undefined,
  };
}
