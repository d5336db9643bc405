import { Injectable } from '@nestjs/common';
import { Database } from '../../database.js';
import { dayOf, HistoryPartitions } from '../history-partitions.js';

const DAY_MS = 86_400_000;
/** Of each organization and day. */
const KEPT_DEVICES = 500;
/** The latest that ended: what a device or the recorder was late with still comes in. */
const DAYS_LOOKED_AT = 3;

/** What came of looking through the days. */
export interface NotedDays {
  /** Lists that were made or changed. */
  readonly noted: number;
  /** Organizations whose day could not be looked through: the next time will do. */
  readonly failures: readonly { readonly organization: string; readonly error: unknown }[];
}

/**
 * Looks through days that have passed and notes their busiest devices: each day is counted from an index, an organization at a time, and
 * again only when more has come in for it since. Counting every device with every event would cost a fifth of what the event costs, for a
 * list that is read seldom.
 */
@Injectable()
export class BusyDevices {
  /** How many events each day had when it was noted, by day and organization; of the days that are looked at, and no others. */
  #noted = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly partitions: HistoryPartitions,
  ) {}

  /**
   * Any number of recorders may do so at once. Days beyond the retention are gone, and are not made again.
   * @throws StoreError when no organization could be looked at
   */
  async note(nowMs: number, retentionMs: number): Promise<NotedDays> {
    const failures: { organization: string; error: unknown }[] = [];
    const counted = new Map<string, number>();
    let noted = 0;
    const first = Math.max(dayOf(nowMs) - DAYS_LOOKED_AT, dayOf(nowMs - retentionMs));
    for (let day = first; day < dayOf(nowMs); day++) {
      if (!this.partitions.has('busy_devices', day)) await this.partitions.make('busy_devices', day);
      const [from, to] = [new Date(day * DAY_MS), new Date((day + 1) * DAY_MS)];
      for (const { organization, events } of await this.#query<DayCount>(COUNT_DAY, [from, to])) {
        const key = `${day}/${organization}`;
        try {
          if (this.#noted.get(key) !== events && (await this.#noteDay(organization, from, to))) noted++;
          counted.set(key, events);
        } catch (error) {
          failures.push({ organization, error });
        }
      }
    }
    this.#noted = counted;
    return { noted, failures };
  }

  /** @returns whether the list is another one now */
  async #noteDay(organization: string, from: Date, to: Date): Promise<boolean> {
    const rows = await this.#query<{ device: string }>(NOTE_DAY, [organization, from, to, KEPT_DEVICES]);
    return rows.length > 0;
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

interface DayCount {
  readonly organization: string;
  readonly events: number;
}

// An organization at a time, by the key: the counts of a day by cohort and by tag are many more than those by type.
const COUNT_DAY = `
SELECT organization, events FROM (SELECT DISTINCT organization FROM event_names) AS known CROSS JOIN LATERAL (
  SELECT sum(events)::float8 AS events FROM event_counts
  WHERE organization = known.organization AND dimension = 'type' AND bucket >= $1 AND bucket < $2
) AS counted
WHERE events IS NOT NULL`;

// A device that others have overtaken since may stay. In one order, so that two recorders do not wait for each other in a circle.
const NOTE_DAY = `
INSERT INTO busy_devices AS old (organization, bucket, device, events)
SELECT $1::uuid, $2::timestamptz, device, events FROM (
  SELECT device, count(*) AS events FROM events
  WHERE organization = $1 AND inserted_at >= $2 AND inserted_at < $3 AND device IS NOT NULL
  GROUP BY device ORDER BY count(*) DESC, device LIMIT $4
) AS busiest ORDER BY device
ON CONFLICT (organization, bucket, device) DO UPDATE SET events = excluded.events WHERE excluded.events > old.events
RETURNING device`;
