import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys and organizations that can be managed, who changed what, events of the control plane's own, and replies that are kept. */
export class KeysAndAudit1795500000000 implements MigrationInterface {
  readonly name = 'KeysAndAudit1795500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_keys
        ADD COLUMN creator_prn text,
        ADD COLUMN updated_at timestamptz(3) NOT NULL DEFAULT now()`);
    await runner.query('UPDATE api_keys SET updated_at = inserted_at');
    await runner.query('CREATE INDEX api_keys_by_organization ON api_keys (organization_prn, inserted_at, prn)');
    await runner.query('ALTER TABLE organizations ADD COLUMN updated_at timestamptz(3) NOT NULL DEFAULT now()');
    await runner.query('UPDATE organizations SET updated_at = inserted_at');
    await runner.query('CREATE INDEX organizations_in_order ON organizations (inserted_at, prn)');
    await runner.query(`
      CREATE TABLE event_outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL,
        value text NOT NULL,
        headers jsonb NOT NULL,
        inserted_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE audit_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        inserted_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        organization_prn text NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        resource_prn text NOT NULL,
        before jsonb,
        after jsonb,
        request_id text
      )`);
    // One index per filter, each in the order of the list: a rare actor or action must not mean reading everything.
    for (const column of ['resource_prn', 'actor', 'action'])
      await runner.query(
        `CREATE INDEX audit_log_by_${column} ON audit_log (organization_prn, ${column}, inserted_at, id)`,
      );
    await runner.query('CREATE INDEX audit_log_by_organization ON audit_log (organization_prn, inserted_at, id)');
    await runner.query('CREATE INDEX audit_log_by_age ON audit_log (inserted_at)');
    await runner.query(`
      CREATE TABLE idempotency_keys (
        caller text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        claim uuid NOT NULL,
        claimed_until timestamptz(3) NOT NULL,
        reply text,
        expires_at timestamptz(3) NOT NULL,
        PRIMARY KEY (caller, key)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys, audit_log, event_outbox');
    await runner.query('DROP INDEX organizations_in_order, api_keys_by_organization');
    await runner.query('ALTER TABLE organizations DROP COLUMN updated_at');
    await runner.query('ALTER TABLE api_keys DROP COLUMN updated_at, DROP COLUMN creator_prn');
  }
}
