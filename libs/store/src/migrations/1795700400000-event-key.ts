import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MERGE_EVENT_KEYS, SPLIT_EVENT_KEYS } from '../history/events-schema.js';

/** One index of the events by event and not two: with a long history it takes minutes, in which nothing of it is read or written. */
export class EventKey1795700400000 implements MigrationInterface {
  readonly name = 'EventKey1795700400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of MERGE_EVENT_KEYS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of SPLIT_EVENT_KEYS) await runner.query(statement);
  }
}
