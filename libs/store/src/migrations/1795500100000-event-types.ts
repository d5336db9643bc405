import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The types of events that organizations register. */
export class EventTypes1795500100000 implements MigrationInterface {
  readonly name = 'EventTypes1795500100000';

  async up(runner: QueryRunner): Promise<void> {
    // Names are listed in the order of their bytes, whatever the database's language, for shipped ones are merged in.
    await runner.query(`
      CREATE TABLE event_types (
        organization_prn text NOT NULL REFERENCES organizations (prn),
        name text COLLATE "C" NOT NULL,
        description text NOT NULL,
        schema_json text NOT NULL,
        example_json text NOT NULL,
        version integer NOT NULL,
        inserted_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        PRIMARY KEY (organization_prn, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event_types');
  }
}
