import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { encodeEvent, type EventMessage, type RecordToSend } from '@fleethook/messages';
import { Database } from './database.js';
import { EventOutboxEntity } from './entities/event-outbox.entity.js';
import { OUTBOX_CHANNEL, type OutboxRow } from './outbox.js';

/**
 * Writes an event for `fleet.events` in the transaction of the change that it tells of: both or neither. Its PRN is fixed here, so that
 * it stays the same event however often the relay has to publish it.
 */
export async function enqueueEvent(manager: EntityManager, event: EventMessage): Promise<void> {
  const { key, value, headers } = encodeEvent(event, undefined);
  await manager.insert(EventOutboxEntity, { key, value: String(value), headers: { ...headers } });
  await manager.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, '']);
}

/** The relay's side: read what waits, publish, delete exactly what was published. In no order: events have none. */
@Injectable()
export class EventOutbox {
  constructor(private readonly database: Database) {}

  waiting(limit: number): Promise<OutboxRow[]> {
    return this.database.run(async (manager) => {
      const rows = await manager.find(EventOutboxEntity, { order: { id: 'ASC' }, take: limit });
      return rows.map(({ id, key, value, headers }) => ({
        id,
        record: { key, value, headers } satisfies RecordToSend,
      }));
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.run((manager) => manager.delete(EventOutboxEntity, [...ids]));
  }

  count(): Promise<number> {
    return this.database.run((manager) => manager.count(EventOutboxEntity));
  }
}
