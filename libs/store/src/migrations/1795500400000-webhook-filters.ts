import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fleet filters: which of the events that a webhook named it really wants. */
export class WebhookFilters1795500400000 implements MigrationInterface {
  readonly name = 'WebhookFilters1795500400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks ADD COLUMN filter jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN filter');
  }
}
