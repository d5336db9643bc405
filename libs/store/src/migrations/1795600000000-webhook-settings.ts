import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a webhook is called: its limits, and what its owner adds to each request. */
export class WebhookSettings1795600000000 implements MigrationInterface {
  readonly name = 'WebhookSettings1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE webhooks
      ADD COLUMN timeout_ms integer,
      ADD COLUMN max_concurrency integer,
      ADD COLUMN rate_per_second integer,
      ADD COLUMN header_names text[] NOT NULL DEFAULT '{}',
      ADD COLUMN sealed_headers text,
      ADD COLUMN sealed_basic_auth text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE webhooks
      DROP COLUMN timeout_ms,
      DROP COLUMN max_concurrency,
      DROP COLUMN rate_per_second,
      DROP COLUMN header_names,
      DROP COLUMN sealed_headers,
      DROP COLUMN sealed_basic_auth`);
  }
}
