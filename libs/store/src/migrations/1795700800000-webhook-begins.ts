import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From which moment a webhook gets events. When one that is there was last enabled from now is not known any more: its making will do. */
export class WebhookBegins1795700800000 implements MigrationInterface {
  readonly name = 'WebhookBegins1795700800000';

  async up(runner: QueryRunner): Promise<void> {
    // With a default for a process of the release before, which still makes webhooks while this one starts.
    await runner.query('ALTER TABLE webhooks ADD COLUMN begins_at timestamptz(3) NOT NULL DEFAULT now()');
    await runner.query('UPDATE webhooks SET begins_at = inserted_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN begins_at');
  }
}
