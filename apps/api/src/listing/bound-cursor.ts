import { createHash } from 'node:crypto';
import { InvalidFields } from '../errors/problems.js';
import { encodeCursor, type Cursor } from './cursor.js';

/** What makes a list the list it is: its name, whose it is, its order and all that narrows it, but not the size of its pages. */
export type Listing = readonly unknown[];

const WINDOW: ReadonlySet<string> = new Set(['inserted_at_gte', 'inserted_at_lt']);

/** What narrows a list, as a part of its listing: all but its window, which moves when it is said as "the last hour". A place stays one in it. */
export function narrowedBy(filters: object): string {
  return JSON.stringify(filters, (key, value: unknown) => (WINDOW.has(key) ? undefined : value));
}

/** A cursor that is good for this list only: in another one its place means nothing. */
export function boundCursor(listing: Listing, cursor: Cursor): string {
  return encodeCursor({ ...cursor, of: digestOf(listing) });
}

/** The place that a cursor of this list names. @throws InvalidFields on `page` when it is another list's */
export function positionIn(listing: Listing, cursor: Cursor | undefined): Cursor | undefined {
  if (cursor !== undefined && cursor.of !== digestOf(listing))
    throw new InvalidFields({
      page: ['is a cursor of another query: order, search and filters must stay as they were, times aside'],
    });
  return cursor;
}

/** When what stands at the place was accepted, of a list that needs it. @throws InvalidFields on `page` when the cursor does not say */
export function acceptedAtOf({ acceptedAtMs }: Cursor): Date {
  if (acceptedAtMs === undefined) throw new InvalidFields({ page: ['is not a cursor from next_page'] });
  return new Date(acceptedAtMs);
}

const DIGEST_CHARACTERS = 12;

function digestOf(listing: Listing): string {
  const text = JSON.stringify(listing.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARACTERS);
}
