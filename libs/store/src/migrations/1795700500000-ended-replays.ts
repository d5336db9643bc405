import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Replays by state, as clients list them, and by their end, as upkeep drops them. */
export class EndedReplays1795700500000 implements MigrationInterface {
  readonly name = 'EndedReplays1795700500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX replays_by_state ON replays (organization_prn, state, inserted_at, prn)');
    await runner.query('CREATE INDEX replays_by_end ON replays (ended_at) WHERE ended_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX replays_by_end');
    await runner.query('DROP INDEX replays_by_state');
  }
}
