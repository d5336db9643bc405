import { Injectable } from '@nestjs/common';
import { organizationOf, type Prn } from '@fleethook/events';
import { Database } from '../database.js';

/** An event whose body is wanted. */
export interface WantedBody {
  readonly event: Prn<'event'>;
  readonly acceptedAt: Date;
}

/** One day's index each. */
const BY_TIME = `SELECT e.event, e.body FROM unnest($2::uuid[], $3::timestamptz[]) AS wanted (event, accepted_at)
  JOIN events AS e ON e.organization = $1 AND e.accepted_at = wanted.accepted_at AND e.event = wanted.event`;
/** Every day's index. */
const BY_EVENT = `SELECT e.event, e.body FROM events AS e WHERE e.event = ANY($2::uuid[]) AND e.organization IS NOT DISTINCT FROM $1::uuid`;

/** The bodies that the history keeps: the bytes that were signed, and are signed again. @throws StoreError */
@Injectable()
export class EventBodyQueries {
  constructor(private readonly database: Database) {}

  /** @param wanted all of one organization @returns those that are kept, by event */
  async find(wanted: readonly WantedBody[]): Promise<Map<Prn<'event'>, Buffer>> {
    const [first] = wanted;
    if (first === undefined) return new Map();
    const organization = organizationOf(first.event);
    const uuids = wanted.map(({ event }) => event.slice(-36));
    const times = wanted.map(({ acceptedAt }) => acceptedAt.toISOString());
    const found = await this.#rows(BY_TIME, [organization.slice(-36), uuids, times]);
    // An event that was sent twice has one row, of when it first came: its second delivery knows another time.
    const missing = uuids.filter((uuid) => !found.has(uuid));
    if (missing.length > 0)
      for (const [uuid, body] of await this.#rows(BY_EVENT, [organization.slice(-36), missing])) found.set(uuid, body);
    return new Map([...found].map(([uuid, body]) => [`${organization}:event:${uuid}` as Prn<'event'>, body]));
  }

  async #rows(statement: string, parameters: readonly unknown[]): Promise<Map<string, Buffer>> {
    const rows = await this.database.run((manager) =>
      manager.query<{ event: string; body: Buffer }[]>(statement, [...parameters]),
    );
    return new Map(rows.map(({ event, body }) => [event, body]));
  }
}
