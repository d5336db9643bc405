import type { EventMessage } from './event.message.js';
import type { EncodedRecord } from './headers.js';

/** A record of `fleet.events` and where it lies, whoever reads it. */
export interface EventRecord extends EncodedRecord {
  /** Without the prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/** What reading a record of `fleet.events` comes to. */
export type EventRead =
  { readonly kind: 'event'; readonly event: EventMessage } | { readonly kind: 'refused'; readonly detail: string };
