import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of every webhook's endpoint, the warnings that followed, and when an organization wants its webhooks disabled. */
export class WebhookHealth1795500500000 implements MigrationInterface {
  readonly name = 'WebhookHealth1795500500000';

  async up(runner: QueryRunner): Promise<void> {
    // The recorder changes a row with nearly every batch: room for a second version on its page, and no
    // index over what a healthy webhook changes, keep that cheap.
    await runner.query(`
      CREATE TABLE webhook_health (
        webhook_prn text PRIMARY KEY,
        last_success_at timestamptz(3),
        last_failure_at timestamptz(3),
        last_horizon_at timestamptz(3),
        failing_hours timestamptz(3)[] NOT NULL,
        struggling_at timestamptz(3),
        struggling_delivery uuid,
        struggling_outcome text,
        struggling_status integer
      ) WITH (fillfactor = 45)`);
    // All that the disable rule looks at.
    await runner.query(`
      CREATE INDEX webhook_health_failing ON webhook_health (webhook_prn)
        WHERE failing_hours <> '{}' OR struggling_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE webhook_warnings (
        id uuid PRIMARY KEY,
        organization_prn text NOT NULL REFERENCES organizations (prn) ON DELETE CASCADE,
        webhook_prn text NOT NULL,
        kind text NOT NULL,
        since timestamptz(3) NOT NULL,
        details jsonb NOT NULL,
        inserted_at timestamptz(3) NOT NULL,
        UNIQUE (webhook_prn, kind, since)
      )`);
    await runner.query(
      'CREATE INDEX webhook_warnings_by_organization ON webhook_warnings (organization_prn, inserted_at, id)',
    );
    await runner.query('CREATE INDEX webhook_warnings_by_webhook ON webhook_warnings (webhook_prn, inserted_at, id)');
    // In hours; none: never.
    await runner.query(`
      ALTER TABLE organizations ADD COLUMN disable_after_hours integer DEFAULT 72
        CHECK (disable_after_hours BETWEEN 24 AND 720)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE organizations DROP COLUMN disable_after_hours');
    await runner.query('DROP TABLE webhook_warnings, webhook_health');
  }
}
