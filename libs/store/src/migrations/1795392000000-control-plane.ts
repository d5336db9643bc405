import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the Admin API owns: organizations, API keys, webhooks, and the changes on their way to Kafka. */
export class ControlPlane1795392000000 implements MigrationInterface {
  readonly name = 'ControlPlane1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organizations (
        prn text PRIMARY KEY,
        name text NOT NULL,
        inserted_at timestamptz(3) NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE api_keys (
        prn text PRIMARY KEY,
        organization_prn text NOT NULL REFERENCES organizations (prn),
        name text NOT NULL,
        hash text NOT NULL UNIQUE,
        scopes text[] NOT NULL,
        expires_at timestamptz(3),
        version integer NOT NULL,
        inserted_at timestamptz(3) NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE webhooks (
        prn text PRIMARY KEY,
        organization_prn text NOT NULL REFERENCES organizations (prn),
        url text NOT NULL,
        description text,
        enabled_events text[] NOT NULL,
        state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
        disabled_by text CHECK (disabled_by IN ('user', 'gone', 'failing')),
        enabled_at timestamptz(3) NOT NULL,
        secrets jsonb NOT NULL,
        version integer NOT NULL,
        inserted_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CHECK ((state = 'disabled') = (disabled_by IS NOT NULL))
      )`);
    // The order of every list, one organization at a time.
    await runner.query('CREATE INDEX webhooks_by_organization ON webhooks (organization_prn, inserted_at, prn)');
    await runner.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL,
        value text,
        inserted_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox, webhooks, api_keys, organizations');
  }
}
