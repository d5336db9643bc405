import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { encodeConfig, encodeTombstone, type ConfigMessage, type RecordToSend } from '@fleethook/messages';
import { Database } from './database.js';
import { OutboxEntity } from './entities/outbox.entity.js';

/** Wakes the relay; its payload is empty, for a wake-up can be lost and must never be needed. */
export const OUTBOX_CHANNEL = 'fleethook_outbox';

export interface OutboxRow {
  readonly id: string;
  readonly record: RecordToSend;
}

/**
 * Writes a change for Kafka in the transaction of the change itself. The caller holds the lock of the row that changed, so the rows of
 * one key are in the order in which their transactions commit.
 */
export async function enqueue(manager: EntityManager, records: readonly RecordToSend[]): Promise<void> {
  if (records.length === 0) return;
  await manager.insert(
    OutboxEntity,
    records.map((record) => ({ key: record.key, value: record.value === null ? null : String(record.value) })),
  );
  await manager.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, '']);
}

export const changed = (message: ConfigMessage): RecordToSend => encodeConfig(message);
export const removed = (key: string): RecordToSend => encodeTombstone(key);

/** The relay's side: read what waits, publish, delete exactly what was published. */
@Injectable()
export class Outbox {
  constructor(private readonly database: Database) {}

  /**
   * The oldest rows by id. There is no cursor: ids are handed out before the commit, and a row that commits late, below ids that are
   * already gone, is simply among the next ones read.
   */
  waiting(limit: number): Promise<OutboxRow[]> {
    return this.database.run(async (manager) => {
      const rows = await manager.find(OutboxEntity, { order: { id: 'ASC' }, take: limit });
      return rows.map((row) => ({ id: row.id, record: { key: row.key, value: row.value, headers: {} } }));
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.run((manager) => manager.delete(OutboxEntity, [...ids]));
  }

  count(): Promise<number> {
    return this.database.run((manager) => manager.count(OutboxEntity));
  }
}
