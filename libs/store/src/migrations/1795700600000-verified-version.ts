import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As of which version a webhook was verified. Which one that was of those that are there is not known any more: their latest will do. */
export class VerifiedVersion1795700600000 implements MigrationInterface {
  readonly name = 'VerifiedVersion1795700600000';

  async up(runner: QueryRunner): Promise<void> {
    // With a default for a process of the release before, which still makes webhooks while this one starts.
    await runner.query('ALTER TABLE webhooks ADD COLUMN verified_version integer NOT NULL DEFAULT 1');
    await runner.query('UPDATE webhooks SET verified_version = version');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN verified_version');
  }
}
