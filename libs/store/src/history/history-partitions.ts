import { Injectable } from '@nestjs/common';
import { LOCK_SPACE, LOCKS } from '../advisory-locks.js';
import { Database } from '../database.js';
import { databaseNowMs } from '../database-clock.js';

/** The tables that are made of days. */
export const HISTORY_TABLES = [
  'attempts',
  'deliveries',
  'events',
  'event_tags',
  'event_counts',
  'attempt_counts',
  'busy_devices',
] as const;
export type HistoryTable = (typeof HISTORY_TABLES)[number];

const DAY_MS = 86_400_000;
/** Made by upkeep: yesterday's stragglers find their day, and a recorder may fail at it for a week before it matters. */
const DAYS_BACK = 3;
const DAYS_AHEAD = 7;

/** Days since 1970-01-01, UTC. */
export type Day = number;

export function dayOf(epochMs: number): Day {
  return Math.floor(epochMs / DAY_MS);
}

export interface UpkeepResult {
  readonly made: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * Makes the days of the history, and drops whole days that nobody keeps. Any number of recorders may do so at once: each change is made
 * under one advisory lock, in one transaction, and only if it is still to be done.
 */
@Injectable()
export class HistoryPartitions {
  readonly #known = new Map(HISTORY_TABLES.map((table) => [table, new Set<Day>()]));

  constructor(private readonly database: Database) {}

  has(table: HistoryTable, day: Day): boolean {
    return this.#known.get(table)?.has(day) === true;
  }

  /** A day was not where it was believed to be: look again. */
  forget(): void {
    for (const days of this.#known.values()) days.clear();
  }

  /** Makes a day unless it is there. @throws StoreError */
  async make(table: HistoryTable, day: Day): Promise<void> {
    await this.database.run((manager) => manager.query(makeDay(table, day)));
    this.#known.get(table)?.add(day);
  }

  /** Makes the days around now and drops those that ended longer than `retentionMs` ago. @throws StoreError */
  async upkeep(nowMs: number, retentionMs: number): Promise<UpkeepResult> {
    const today = dayOf(nowMs);
    // What is dropped is gone: one machine whose clock runs ahead must not do it.
    const oldest = dayOf(Math.min(nowMs, await databaseNowMs(this.database)) - retentionMs);
    const made: string[] = [];
    const dropped: string[] = [];
    for (const table of HISTORY_TABLES) {
      const days = await this.#days(table);
      for (let day = Math.max(today - DAYS_BACK, oldest); day <= today + DAYS_AHEAD; day++) {
        if (!days.has(day)) {
          await this.make(table, day);
          made.push(partitionName(table, day));
        }
        this.#known.get(table)?.add(day);
      }
      for (const day of days) {
        if (day >= oldest) continue;
        this.#known.get(table)?.delete(day);
        await this.database.run((manager) => manager.query(dropDay(table, day)));
        dropped.push(partitionName(table, day));
      }
    }
    return { made, dropped };
  }

  async #days(table: HistoryTable): Promise<Set<Day>> {
    const rows = await this.database.run((manager) =>
      manager.query<{ name: string }[]>(
        `SELECT child.relname AS name FROM pg_inherits
         JOIN pg_class child ON child.oid = pg_inherits.inhrelid WHERE pg_inherits.inhparent = $1::regclass`,
        [table],
      ),
    );
    return new Set(rows.flatMap(({ name }) => dayOfPartition(table, name) ?? []));
  }
}

function partitionName(table: HistoryTable, day: Day): string {
  return `${table}_${isoDay(day).replaceAll('-', '')}`;
}

function dayOfPartition(table: HistoryTable, name: string): Day | undefined {
  const match = new RegExp(`^${table}_(\\d{4})(\\d{2})(\\d{2})$`).exec(name);
  return match === null ? undefined : dayOf(Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`));
}

function isoDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Rows that change need room beside them. */
const FILL_FACTORS: Readonly<Partial<Record<HistoryTable, number>>> = {
  deliveries: 85,
  event_counts: 50,
  attempt_counts: 50,
};

const LOCK = `PERFORM pg_advisory_xact_lock(${LOCK_SPACE}, ${LOCKS.historyUpkeep});`;

// Made beside the table and then attached: that does not keep readers and writers out, as creating it in place would.
function makeDay(table: HistoryTable, day: Day): string {
  const name = partitionName(table, day);
  return `DO $$ BEGIN
    ${LOCK}
    IF to_regclass('${name}') IS NULL THEN
      CREATE TABLE ${name} (LIKE ${table} INCLUDING COMPRESSION) WITH (fillfactor = ${FILL_FACTORS[table] ?? 100});
      ALTER TABLE ${table} ATTACH PARTITION ${name}
        FOR VALUES FROM ('${isoDay(day)} 00:00:00+00') TO ('${isoDay(day + 1)} 00:00:00+00');
    END IF;
  END $$`;
}

// Dropping takes the whole table for a moment: rather not now than making everyone wait behind a long read.
function dropDay(table: HistoryTable, day: Day): string {
  return `DO $$ BEGIN
    SET LOCAL lock_timeout = '2s';
    ${LOCK}
    DROP TABLE IF EXISTS ${partitionName(table, day)};
  END $$`;
}
