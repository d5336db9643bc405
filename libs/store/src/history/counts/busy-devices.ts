import { Injectable } from '@nestjs/common';
import { Database } from '../../database.js';
import { dayOf, HistoryPartitions } from '../history-partitions.js';

const DAY_MS = 86_400_000;
/** Of each organization and day. */
const KEPT_DEVICES = 500;
/** The latest that ended; an earlier one was looked through when it was one of these, or nobody was there to do it. */
const DAYS_LOOKED_AT = 2;

/**
 * Looks through days that have passed and notes their busiest devices, once: each day is counted from an index, an organization at a time.
 * Counting every device with every event would cost a fifth of what the event costs, for a list that is read seldom.
 */
@Injectable()
export class BusyDevices {
  constructor(
    private readonly database: Database,
    private readonly partitions: HistoryPartitions,
  ) {}

  /** Any number of recorders may do so at once. @returns how many lists were made @throws StoreError */
  async note(nowMs: number): Promise<number> {
    let made = 0;
    for (let day = dayOf(nowMs) - DAYS_LOOKED_AT; day < dayOf(nowMs); day++) {
      if (!this.partitions.has('busy_devices', day)) await this.partitions.make('busy_devices', day);
      const [from, to] = [new Date(day * DAY_MS), new Date((day + 1) * DAY_MS)];
      for (const organization of await this.#withoutList(from)) {
        const rows = await this.#query<{ device: string }>(NOTE_DAY, [organization, from, to, KEPT_DEVICES]);
        if (rows.length > 0) made++;
      }
    }
    return made;
  }

  async #withoutList(day: Date): Promise<string[]> {
    const rows = await this.#query<{ organization: string }>(
      `SELECT DISTINCT organization FROM event_names
       WHERE NOT EXISTS (SELECT FROM busy_devices b WHERE b.organization = event_names.organization AND b.bucket = $1)`,
      [day],
    );
    return rows.map(({ organization }) => organization);
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

const NOTE_DAY = `
INSERT INTO busy_devices (organization, bucket, device, events)
SELECT $1::uuid, $2::timestamptz, device, count(*) AS events FROM events
WHERE organization = $1 AND inserted_at >= $2 AND inserted_at < $3 AND device IS NOT NULL
GROUP BY device ORDER BY count(*) DESC, device LIMIT $4
ON CONFLICT DO NOTHING RETURNING device`;
