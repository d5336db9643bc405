import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_RECENT_COUNTS, DROP_RECENT_COUNTS } from '../history/counts/recent-counts.js';

/** Counts of the last hours in steps of seconds, beside those by the hour. */
export class RecentCounts1795700100000 implements MigrationInterface {
  readonly name = 'RecentCounts1795700100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CREATE_RECENT_COUNTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DROP_RECENT_COUNTS) await runner.query(statement);
  }
}
