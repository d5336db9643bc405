import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Over how many lanes a webhook's deliveries are spread. */
export class WebhookLanes1795700200000 implements MigrationInterface {
  readonly name = 'WebhookLanes1795700200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks ADD COLUMN lanes integer NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN lanes');
  }
}
