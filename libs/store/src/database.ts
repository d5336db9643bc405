import { types } from 'node:util';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import pRetry from 'p-retry';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { LOG, Readiness, type Log } from '@fleethook/observability';
import { migrate } from './migrate.js';
import { StoreError, storeErrorOf } from './store-error.js';
import { STORE_OPTIONS, type StoreOptions } from './store-options.js';

/** A transaction that is under way, for whoever has something to add to it. */
export type Transaction = EntityManager;

/** What a caller adds to a transaction: it stands or falls with the rest. */
export type Alongside = (transaction: Transaction) => Promise<void>;

/** A statement that is run all the time: each connection parses and plans it once, under its name. */
export interface PreparedStatement {
  readonly name: string;
  readonly sql: string;
}

/** As much of the driver's connection as is needed. */
interface Connection {
  query(statement: {
    name: string;
    text: string;
    values: readonly unknown[];
  }): Promise<{ rows: Record<string, unknown>[] }>;
}

/**
 * The one way to PostgreSQL. Every call ends in bounded time, with `StoreError` when it failed; the pool opens new connections by itself,
 * so what was away is used again as soon as it is back.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly #stopping = new AbortController();

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(STORE_OPTIONS) private readonly options: StoreOptions,
    @Inject(LOG) private readonly log: Log,
    readiness: Readiness,
  ) {
    readiness.add('postgresql', () => this.probe());
  }

  /** Waits for PostgreSQL, for ever if it must, and migrates. Until then every call fails with DATABASE_UNAVAILABLE. */
  async start(): Promise<void> {
    await pRetry(
      async () => {
        const migrations = await migrate(this.options.databaseUrl);
        if (migrations.length > 0) this.log.info({ event: 'store.migrated', migrations }, 'The schema is up to date');
        if (!this.source.isInitialized) await this.source.initialize();
      },
      {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 250,
        maxTimeout: 5_000,
        randomize: true,
        signal: this.#stopping.signal,
        shouldRetry: ({ error }) => storeErrorOf(error).code === 'DATABASE_UNAVAILABLE',
        onFailedAttempt: ({ error, attemptNumber }) => {
          this.log.warn(
            { event: 'store.waiting', attempt: attemptNumber, reason: storeErrorOf(error).message },
            'PostgreSQL is not there yet',
          );
        },
      },
    );
  }

  /** @throws StoreError */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#guarded(() => work(this.source.manager));
  }

  /** @throws StoreError */
  prepared(statement: PreparedStatement, parameters: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.#guarded(async () => {
      const runner = this.source.createQueryRunner();
      try {
        const connection = (await runner.connect()) as Connection;
        const { name, sql: text } = statement;
        return (await connection.query({ name, text, values: parameters })).rows;
      } catch (error) {
        // Not yet in the library's own error, by which those of the driver are told.
        throw storeErrorOf(error);
      } finally {
        await runner.release();
      }
    });
  }

  /** Read committed, all or nothing. @throws StoreError */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#guarded(() => this.source.transaction(work));
  }

  async probe(): Promise<string | undefined> {
    try {
      await this.run((manager) => manager.query('SELECT 1'));
      return undefined;
    } catch (error) {
      return storeErrorOf(error).message;
    }
  }

  onApplicationShutdown(): void {
    this.#stopping.abort();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (!this.source.isInitialized) throw new StoreError('DATABASE_UNAVAILABLE', 'not connected yet');
    try {
      return await work();
    } catch (error) {
      if (isOfDriver(error)) throw storeErrorOf(error);
      throw error;
    }
  }
}

/** What the work itself threw (a refusal, say) goes through as it is. */
function isOfDriver(error: unknown): boolean {
  if (error instanceof QueryFailedError) return true;
  return types.isNativeError(error) && storeErrorOf(error).code === 'DATABASE_UNAVAILABLE';
}
