import { Injectable } from '@nestjs/common';
import { organizationOf, type Prn } from '@fleethook/events';
import { Database } from '../database.js';

/** An event whose body is wanted. */
export interface WantedBody {
  readonly event: Prn<'event'>;
  readonly acceptedAt: Date;
}

/** The bodies that the history keeps: the bytes that were signed, and are signed again. @throws StoreError */
@Injectable()
export class EventBodyQueries {
  constructor(private readonly database: Database) {}

  /** @param wanted all of one organization @returns those that are kept, by event */
  async find(wanted: readonly WantedBody[]): Promise<Map<Prn<'event'>, Buffer>> {
    const [first] = wanted;
    if (first === undefined) return new Map();
    const organization = organizationOf(first.event);
    const rows = await this.database.run((manager) =>
      manager.query<{ event: string; body: Buffer }[]>(
        `SELECT e.event, e.body FROM unnest($2::uuid[], $3::timestamptz[]) AS wanted (event, accepted_at)
         JOIN events AS e ON e.organization = $1 AND e.accepted_at = wanted.accepted_at AND e.event = wanted.event`,
        [
          organization.slice(-36),
          wanted.map(({ event }) => event.slice(-36)),
          wanted.map(({ acceptedAt }) => acceptedAt.toISOString()),
        ],
      ),
    );
    return new Map(rows.map(({ event, body }) => [`${organization}:event:${event}` as Prn<'event'>, body]));
  }
}
