import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of the circuit breaker of every lane that ever opened. */
export class WebhookBreakers1795700200000 implements MigrationInterface {
  readonly name = 'WebhookBreakers1795700200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_breakers (
        webhook_prn text NOT NULL,
        lane integer NOT NULL,
        changed_at timestamptz(3) NOT NULL,
        open_until timestamptz(3),
        PRIMARY KEY (webhook_prn, lane)
      )`);
    await runner.query('CREATE INDEX webhook_breakers_by_age ON webhook_breakers (changed_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_breakers');
  }
}
