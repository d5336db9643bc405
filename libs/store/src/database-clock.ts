import { Injectable } from '@nestjs/common';
import { Database } from './database.js';

/** A day is judged by it, and nothing finer. */
const ASK_AFTER_MS = 60_000;

interface Reading {
  readonly databaseMs: number;
  /** By the clock that is never set, and by the one that also goes on while the machine sleeps. */
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * The time by PostgreSQL's clock, which is one for all processes; a machine's own may be years off until somebody sets it. It is asked once a
 * minute, and what has passed since is measured here: a process with work to do makes no round trip for it.
 */
@Injectable()
export class DatabaseClock {
  #reading: Reading | undefined;

  constructor(private readonly database: Database) {}

  /** @returns epoch milliseconds @throws StoreError when it is to be asked, and PostgreSQL is away */
  async nowMs(): Promise<number> {
    if (this.#reading === undefined || !isFresh(this.#reading)) this.#reading = await this.#read();
    return this.#reading.databaseMs + performance.now() - this.#reading.monotonicMs;
  }

  async #read(): Promise<Reading> {
    const databaseMs = await databaseNowMs(this.database);
    return { databaseMs, monotonicMs: performance.now(), wallMs: Date.now() };
  }
}

/** A clock that was set may have been set for a reason, such as a long sleep: then what was measured is not all that has passed. */
function isFresh({ monotonicMs, wallMs }: Reading): boolean {
  return performance.now() - monotonicMs < ASK_AFTER_MS && Math.abs(Date.now() - wallMs) < ASK_AFTER_MS;
}

/** @returns epoch milliseconds @throws StoreError */
export async function databaseNowMs(database: Database): Promise<number> {
  const [row] = await database.run((manager) =>
    manager.query<[{ ms: number }]>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms'),
  );
  return row.ms;
}
