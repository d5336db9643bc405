import type { Prn } from '@fleethook/events';
import { ownUuid } from '../columns.js';
import { Parameters } from '../parameters.js';

/** Where an event stands in the order of `inserted_at`. */
export interface EventPlace {
  readonly insertedAt: Date;
  /** The UUID of the event. */
  readonly event: string;
}

/** Where a page of events ended: an event that was sent again bears the same time and the same name. */
export interface EventPosition extends EventPlace {
  readonly acceptedAt: Date;
}

/** Which events, in which order, from where. What is undefined does not narrow. */
export interface EventListing {
  readonly organization: Prn<'organization'>;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: EventPosition | undefined;
  readonly insertedFrom?: Date | undefined;
  readonly insertedBefore?: Date | undefined;
  /** The category. */
  readonly type?: string | undefined;
  /** The event within its category. */
  readonly subtype?: string | undefined;
  readonly actor?: string | undefined;
  readonly resource?: string | undefined;
  readonly device?: Prn<'device'> | undefined;
  readonly identifier?: string | undefined;
  readonly cohort?: Prn<'cohort'> | undefined;
  readonly tag?: string | undefined;
}

/**
 * One page as one walk of an index, whichever filter decides: each index ends in `inserted_at, event`, the order of the list up to
 * acceptance, for which the few rows of one event are sorted. Several names are as many walks, of which the foremost are taken.
 * @param names of events; undefined for any
 */
export function eventPage(
  columns: string,
  listing: EventListing,
  names: readonly string[] | undefined,
): { sql: string; parameters: unknown[] } {
  const parameters = new Parameters();
  const direction = listing.order === 'asc' ? 'ASC' : 'DESC';
  const limit = parameters.add(listing.limit);
  const order = (of: string): string =>
    `ORDER BY ${ORDER.map((column) => `${of}.${column} ${direction}`).join(', ')} LIMIT ${limit}`;
  // The walk is over what has the order: the tags where a tag is asked for, else the events.
  const walked = listing.tag === undefined ? 'e' : 't';
  const from = listing.tag === undefined ? 'events e' : TAGGED;
  const conditions = conditionsOf(listing, walked, parameters).join(' AND ');
  const walk = (name?: string): string =>
    `SELECT ${columns} FROM ${from} WHERE ${conditions}${name === undefined ? '' : ` AND e.name = ${name}`} ${order(walked)}`;
  const [only, ...more] = names ?? [];
  if (names === undefined) return { sql: walk(), parameters: parameters.values };
  if (more.length === 0) return { sql: walk(parameters.add(only)), parameters: parameters.values };
  const walks =
    names.length <= MAX_WALKS_APART
      ? names.map((name) => `(${walk(parameters.add(name))})`).join(' UNION ALL ')
      : `SELECT one.* FROM unnest(${parameters.add(names)}::text[]) AS named (name) CROSS JOIN LATERAL (${walk('named.name')}) AS one`;
  return { sql: `SELECT page.* FROM (${walks}) AS page ${order('page')}`, parameters: parameters.values };
}

/**
 * Each name is told to the planner, up to so many. Of a name that it does not know when it plans, it thinks what holds for the others of the day: where
 * its statistics know one name only, that all events have it, and then it walks the day by time for a name that no event has.
 */
const MAX_WALKS_APART = 32;

const ORDER = ['inserted_at', 'event', 'accepted_at'];

// One row for each tag, looked up by its key: written as a join it would be planned for every pair of days.
const TAGGED = `event_tags t CROSS JOIN LATERAL (
    SELECT * FROM events WHERE organization = t.organization AND accepted_at = t.accepted_at AND event = t.event LIMIT 1
  ) AS e`;

function conditionsOf(listing: EventListing, walked: string, parameters: Parameters): string[] {
  const conditions = [`${walked}.organization = ${parameters.add(ownUuid(listing.organization))}`];
  const narrow = (condition: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${condition} ${parameters.add(value)}`);
  };
  const { after, device, cohort } = listing;
  if (after !== undefined) {
    const place = [after.insertedAt, after.event, after.acceptedAt].map((value) => parameters.add(value)).join(', ');
    const order = `${walked}.inserted_at, ${walked}.event, ${walked}.accepted_at`;
    conditions.push(`(${order}) ${listing.order === 'asc' ? '>' : '<'} (${place})`);
  }
  narrow(`${walked}.inserted_at >=`, listing.insertedFrom);
  narrow(`${walked}.inserted_at <`, listing.insertedBefore);
  narrow('t.tag =', listing.tag);
  narrow('e.device =', device === undefined ? undefined : ownUuid(device));
  narrow('e.identifier =', listing.identifier);
  narrow('e.cohort =', cohort === undefined ? undefined : ownUuid(cohort));
  for (const field of ['actor', 'resource'] as const) {
    const party = listing[field];
    // Not stored where it is the device.
    if (party?.includes(':device:') === true) narrow('e.device =', ownUuid(party));
    else narrow(`e.${field} =`, party);
  }
  return conditions;
}
