import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_COUNTS, CREATE_EVENTS, DROP_EVENTS, INDEX_DELIVERIES } from '../history/events-schema.js';

/** Events and counts, partitioned by day, and the indexes of the further lists of deliveries. */
export class EventHistory1795500200000 implements MigrationInterface {
  readonly name = 'EventHistory1795500200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CREATE_EVENTS, ...CREATE_COUNTS, ...INDEX_DELIVERIES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DROP_EVENTS) await runner.query(statement);
  }
}
