import { Client } from 'pg';
import { basicAuthOwner, headersOwner, MessageError, type SecretSealer } from '@fleethook/messages';
import { MIGRATION_NAMES } from '../data-source.js';
import { dayOf, HISTORY_TABLES } from '../history/history-partitions.js';
import { storeErrorOf } from '../store-error.js';

export interface InspectedServer {
  /** `18.4` */
  readonly version: string;
  readonly major: number;
  /** Its clock, less ours; positive: it is ahead. Accurate to the round trip. */
  readonly clockAheadMs: number;
  readonly roundTripMs: number;
  readonly maxConnections: number;
  readonly usedConnections: number;
  /** A standby takes no writes. */
  readonly isStandby: boolean;
}

export interface InspectedSchema {
  /** To be run by the next start of the Admin API or a recorder. */
  readonly missing: readonly string[];
  /** Of a newer version than this one. */
  readonly unknown: readonly string[];
}

export interface InspectedSeals {
  readonly webhooks: number;
  /** Webhooks of which something opens with none of the keys. */
  readonly unreadable: readonly string[];
  /** Webhooks of which something was sealed with another key than the first. */
  readonly stale: number;
}

interface SealedRow {
  readonly prn: string;
  readonly secrets: readonly { readonly sealed: string; readonly expiresAtMs?: number }[];
  readonly sealed_headers: string | null;
  readonly sealed_basic_auth: string | null;
}

const TIMEOUT_MS = 5_000;
const PAGE = 500;

/** Looks at PostgreSQL over a connection of its own, and changes nothing. @throws StoreError from every method */
export class StoreInspector {
  private constructor(private readonly client: Client) {}

  static async connect(databaseUrl: string): Promise<StoreInspector> {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'fleethook-doctor',
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      options: '-c default_transaction_read_only=on',
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      throw storeErrorOf(error);
    }
    return new StoreInspector(client);
  }

  async server(): Promise<InspectedServer> {
    const before = Date.now();
    const [row] = await this.#query<{
      version: string;
      number: string;
      now_ms: string;
      max: string;
      reserved: string;
      used: string;
      standby: boolean;
    }>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
         extract(epoch FROM clock_timestamp()) * 1000 AS now_ms, current_setting('max_connections') AS max,
         current_setting('superuser_reserved_connections') AS reserved, pg_is_in_recovery() AS standby,
         (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used`,
    );
    const roundTripMs = Date.now() - before;
    return {
      version: row?.version.split(' ')[0] ?? 'unknown',
      major: Math.floor(Number(row?.number) / 10_000),
      clockAheadMs: Math.round(Number(row?.now_ms) - before - roundTripMs / 2),
      roundTripMs,
      maxConnections: Number(row?.max) - Number(row?.reserved),
      usedConnections: Number(row?.used),
      isStandby: row?.standby === true,
    };
  }

  async schema(): Promise<InspectedSchema> {
    const [table] = await this.#query<{ found: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS found`);
    const rows = table?.found === true ? await this.#query<{ name: string }>('SELECT name FROM migrations') : [];
    const done = new Set(rows.map(({ name }) => name));
    const known = new Set(MIGRATION_NAMES);
    return {
      missing: MIGRATION_NAMES.filter((name) => !done.has(name)),
      unknown: [...done].filter((name) => !known.has(name)),
    };
  }

  /** For how many days after today the history has a place, in the table that has the fewest; -1: not even for today. */
  async daysAhead(nowMs: number): Promise<number> {
    const rows = await this.#query<{ parent: string; child: string }>(
      `SELECT inhparent::regclass::text AS parent, child.relname AS child
       FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid`,
    );
    const names = new Set(rows.map(({ child }) => child));
    const hasDay = (day: number): boolean => {
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
      return HISTORY_TABLES.every((table) => names.has(`${table}_${date}`));
    };
    let ahead = -1;
    while (hasDay(dayOf(nowMs) + ahead + 1)) ahead += 1;
    return ahead;
  }

  /** Changes of configuration that Kafka does not have yet. */
  async waitingChanges(): Promise<number> {
    const [row] = await this.#query<{ count: string }>('SELECT count(*) FROM outbox');
    return Number(row?.count);
  }

  async seals(sealer: SecretSealer): Promise<InspectedSeals> {
    const unreadable: string[] = [];
    let [webhooks, stale] = [0, 0];
    for (let after = ''; ;) {
      const page = await this.#query<SealedRow>(
        `SELECT prn, secrets, sealed_headers, sealed_basic_auth FROM webhooks WHERE prn > $1 ORDER BY prn LIMIT ${PAGE}`,
        [after],
      );
      for (const row of page) {
        const seals = sealsOf(row, Date.now());
        webhooks += 1;
        if (seals.some(([sealed]) => sealer.isStale(sealed))) stale += 1;
        if (!seals.every(([sealed, owner]) => opens(sealer, sealed, owner))) unreadable.push(row.prn);
      }
      if (page.length < PAGE) return { webhooks, unreadable, stale };
      after = page.at(-1)?.prn ?? after;
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  async #query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    try {
      return (await this.client.query<R>(sql, [...values])).rows;
    } catch (error) {
      throw storeErrorOf(error);
    }
  }
}

function sealsOf(row: SealedRow, nowMs: number): [sealed: string, owner: string][] {
  const { prn, secrets, sealed_headers: headers, sealed_basic_auth: basicAuth } = row;
  return [
    ...secrets
      .filter(({ expiresAtMs = Infinity }) => expiresAtMs > nowMs)
      .map(({ sealed }): [string, string] => [sealed, prn]),
    ...(headers === null ? [] : [[headers, headersOwner(prn)] as [string, string]]),
    ...(basicAuth === null ? [] : [[basicAuth, basicAuthOwner(prn)] as [string, string]]),
  ];
}

function opens(sealer: SecretSealer, sealed: string, owner: string): boolean {
  try {
    sealer.open(sealed, owner);
    return true;
  } catch (error) {
    if (error instanceof MessageError) return false;
    throw error;
  }
}
