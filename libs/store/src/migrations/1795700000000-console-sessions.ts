import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is signed in to the console, and through which key: without the key there is no session. */
export class ConsoleSessions1795700000000 implements MigrationInterface {
  readonly name = 'ConsoleSessions1795700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE console_sessions (
        token_hash text PRIMARY KEY,
        api_key_prn text NOT NULL REFERENCES api_keys (prn) ON DELETE CASCADE,
        inserted_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL
      )`);
    await runner.query('CREATE INDEX console_sessions_by_key ON console_sessions (api_key_prn, inserted_at)');
    await runner.query('CREATE INDEX console_sessions_by_expiry ON console_sessions (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE console_sessions');
  }
}
