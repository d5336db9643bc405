import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys that `FLEETHOOK_API_KEY` has ever named: each is made once, so that one which was revoked stays so. */
export class BootstrapKeys1795700900000 implements MigrationInterface {
  readonly name = 'BootstrapKeys1795700900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bootstrap_keys (
        hash text PRIMARY KEY,
        inserted_at timestamptz(3) NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bootstrap_keys');
  }
}
