import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { LOCK_SPACE, LOCKS } from './advisory-locks.js';
import { migrationOptions } from './data-source.js';
import { storeErrorOf } from './store-error.js';

/**
 * Brings the schema up to date. Several processes may start at once: one migrates, the others wait and find nothing left to do.
 * @returns the names of the migrations that ran
 * @throws StoreError
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  // A session of its own holds the lock; it ends with the session, whatever happens to us.
  const session = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 3_000, keepAlive: true });
  session.on('error', () => undefined);
  const source = new DataSource(migrationOptions(databaseUrl));
  try {
    await session.connect();
    // Idle while it migrates, it would otherwise be two hours until PostgreSQL notices that its machine is gone, and the others go on.
    await session.query('SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3');
    await session.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, LOCKS.migrations]);
    await source.initialize();
    const done = await source.runMigrations();
    return done.map((migration) => migration.name);
  } catch (error) {
    throw storeErrorOf(error);
  } finally {
    if (source.isInitialized) await source.destroy();
    await session.end().catch(() => undefined);
  }
}
