import { Injectable } from '@nestjs/common';
import { organizationOf, type EventName, type Prn } from '@fleethook/events';
import { Database } from '../../database.js';
import { ownUuid } from '../columns.js';
import { eventPage, type EventListing, type EventPosition } from './event-page.js';

/** One event as the history keeps it. */
export interface RecordedEvent {
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly acceptedAt: Date;
  readonly insertedAt: Date;
  /** The device's PRN where the event is a device's. */
  readonly actor: string | undefined;
  readonly resource: string | undefined;
  /** The envelope: the bytes that were signed and sent. */
  readonly body: Buffer;
}

interface EventRow {
  organization: string;
  accepted_at: Date;
  event: string;
  name: EventName;
  inserted_at: Date;
  device: string | null;
  actor: string | null;
  resource: string | null;
  body: Buffer;
}

/** Some of a list, in its order. */
export interface EventsPage {
  /** At most as many as were asked for. Fewer, none even, do not mean that it is the last page. */
  readonly events: readonly RecordedEvent[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly end: EventPosition | undefined;
}

/**
 * Where a fleet sends its events again day by day, nearly all rows are of events that were listed before. They are read so many at once, and
 * no longer than this for one page: whoever lists goes on from there.
 */
const MIN_ROWS_AGAIN = 100;
const MAX_READS = 10;

const COLUMNS = 'e.organization, e.accepted_at, e.event, e.name, e.inserted_at, e.device, e.actor, e.resource, e.body';

/** What is read of the events that were accepted. Every query walks an index of events-schema.ts. @throws StoreError */
@Injectable()
export class EventQueries {
  constructor(private readonly database: Database) {}

  /** In the order of `inserted_at`, then of the event; an event that was accepted several times is listed once. */
  async list(listing: EventListing): Promise<EventsPage> {
    const names = await this.#namesOf(listing);
    if (names?.length === 0) return { events: [], end: undefined };
    const found: EventRow[] = [];
    let after = listing.after;
    for (let reads = 0; reads < MAX_READS; reads++) {
      // One more than the page holds says that it is not the last.
      const lacking = listing.limit + 1 - found.length;
      const limit = reads === 0 ? lacking : Math.max(lacking, MIN_ROWS_AGAIN);
      const { sql, parameters } = eventPage(COLUMNS, { ...listing, after, limit }, names);
      const rows = await this.#query<EventRow>(sql, parameters);
      found.push(...(await this.#firstOnly(rows)));
      if (found.length > listing.limit) {
        const page = found.slice(0, listing.limit);
        return { events: page.map(eventOf), end: positionOf(page.at(-1)) };
      }
      if (rows.length < limit) return { events: found.map(eventOf), end: undefined };
      after = positionOf(rows.at(-1));
    }
    return { events: found.map(eventOf), end: after };
  }

  /** As it was accepted first. */
  async find(event: Prn<'event'>): Promise<RecordedEvent | undefined> {
    const [row] = await this.#query<EventRow>(
      `SELECT ${COLUMNS} FROM events e WHERE e.event = $1 AND e.organization = $2 ORDER BY e.accepted_at LIMIT 1`,
      [ownUuid(event), ownUuid(organizationOf(event))],
    );
    return row === undefined ? undefined : eventOf(row);
  }

  /** The bytes to sign and send when an event is sent again; undefined when the history has it no more. */
  async bodyOf(event: Prn<'event'>): Promise<Buffer | undefined> {
    return (await this.find(event))?.body;
  }

  /** A category, or an event without its category, is the union of the names that the organization's events have had. */
  async #namesOf({ organization, type, subtype }: EventListing): Promise<readonly string[] | undefined> {
    if (type === undefined && subtype === undefined) return undefined;
    if (type !== undefined && subtype !== undefined) return [`${type}.${subtype}`];
    const rows = await this.#query<{ name: string }>('SELECT name FROM event_names WHERE organization = $1', [
      ownUuid(organization),
    ]);
    return rows
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${type ?? ''}.`) || name.endsWith(`.${subtype ?? ''}`))
      .toSorted();
  }

  /** The writer sees to repeats that come soon (event-writer.ts); here are the others. */
  async #firstOnly(rows: readonly EventRow[]): Promise<readonly EventRow[]> {
    const [row] = rows;
    if (row === undefined) return rows;
    const firsts = await this.#query<{ event: string; accepted_at: Date }>(
      `SELECT event, min(accepted_at) AS accepted_at FROM events WHERE event = ANY($1::uuid[]) AND organization = $2
       GROUP BY event`,
      [rows.map(({ event }) => event), row.organization],
    );
    const firstAtMs = new Map(firsts.map((first) => [first.event, first.accepted_at.getTime()]));
    return rows.filter(({ event, accepted_at: at }) => firstAtMs.get(event) === at.getTime());
  }

  #query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.run((manager) => manager.query<R[]>(sql, parameters));
  }
}

function positionOf(row: EventRow | undefined): EventPosition | undefined {
  if (row === undefined) return undefined;
  return { insertedAt: row.inserted_at, event: row.event, acceptedAt: row.accepted_at };
}

function eventOf(row: EventRow): RecordedEvent {
  const device = row.device === null ? undefined : `prn:1:${row.organization}:device:${row.device}`;
  return {
    event: `prn:1:${row.organization}:event:${row.event}` as Prn<'event'>,
    name: row.name,
    acceptedAt: row.accepted_at,
    insertedAt: row.inserted_at,
    actor: row.actor ?? device,
    resource: row.resource ?? device,
    body: row.body,
  };
}
