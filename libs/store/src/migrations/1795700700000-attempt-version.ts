import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of which version of its webhook's configuration an attempt was made: by it alone it can be said what was sent. */
export class AttemptVersion1795700700000 implements MigrationInterface {
  readonly name = 'AttemptVersion1795700700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE attempts ADD COLUMN config_version integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE attempts DROP COLUMN config_version');
  }
}
