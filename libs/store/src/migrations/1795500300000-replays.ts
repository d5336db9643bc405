import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Replays as jobs, and the bookmark of a disabled webhook. */
export class Replays1795500300000 implements MigrationInterface {
  readonly name = 'Replays1795500300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE replays (
        prn text PRIMARY KEY,
        organization_prn text NOT NULL REFERENCES organizations (prn),
        webhook_prn text NOT NULL,
        source text NOT NULL CHECK (source IN ('log', 'failed', 'bookmark')),
        window_from timestamptz(3) NOT NULL,
        window_to timestamptz(3) NOT NULL,
        filter jsonb NOT NULL,
        rate_per_second integer NOT NULL,
        dry_run boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('counting', 'running', 'paused', 'completed', 'cancelled', 'failed')),
        reason text,
        position jsonb NOT NULL,
        scanned bigint NOT NULL,
        matched bigint NOT NULL,
        sent bigint NOT NULL,
        skipped bigint NOT NULL,
        total bigint,
        runner uuid,
        inserted_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        started_at timestamptz(3),
        ended_at timestamptz(3),
        CHECK ((ended_at IS NOT NULL) = (state IN ('completed', 'cancelled', 'failed')))
      )`);
    await runner.query('CREATE INDEX replays_by_organization ON replays (organization_prn, inserted_at, prn)');
    // What the runner looks for once a second, and what bounds how many an organization may have open.
    await runner.query(
      `CREATE INDEX replays_open ON replays (organization_prn, inserted_at, prn) WHERE ended_at IS NULL`,
    );
    await runner.query('ALTER TABLE webhooks ADD COLUMN disabled_at timestamptz(3)');
    // The best that is known of those that are disabled already.
    await runner.query(`UPDATE webhooks SET disabled_at = updated_at WHERE state = 'disabled'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN disabled_at');
    await runner.query('DROP TABLE replays');
  }
}
