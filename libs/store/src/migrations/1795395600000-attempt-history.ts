import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_HISTORY, DROP_HISTORY } from '../history/history-schema.js';

/** Attempts and deliveries, partitioned by day: what the recorder writes and the Admin API reads. */
export class AttemptHistory1795395600000 implements MigrationInterface {
  readonly name = 'AttemptHistory1795395600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CREATE_HISTORY) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DROP_HISTORY) await runner.query(statement);
  }
}
