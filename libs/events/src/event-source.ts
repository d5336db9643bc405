import type { EventTypes } from './event-types.js';
import type { Prn } from './names/prn.js';

/** Who sent an event, what is allowed, and what is filled in where the event does not say. */
export interface EventSource {
  /** Whose event it is; undefined: whoever the event's own PRN names, which must then be there. */
  readonly organization: Prn<'organization'> | undefined;
  /** The name for an event without one; undefined: a new one each time. */
  readonly prn?: Prn<'event'> | undefined;
  /** The `inserted_at` of an event without one, epoch milliseconds. */
  readonly nowMs: number;
  readonly types: EventTypes;
  /** The largest body, normalised. */
  readonly maxEventBytes: number;
}
