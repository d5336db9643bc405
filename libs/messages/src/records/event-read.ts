import type { DeadReason } from './dead-letter.message.js';
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
export type EventRead = { readonly kind: 'event'; readonly event: EventMessage } | RefusedRecord;

export interface RefusedRecord {
  readonly kind: 'refused';
  readonly reason: Extract<DeadReason, 'undecodable' | 'too_large'>;
  readonly detail: string;
  /** What was thrown where nothing should be: ours to mend, and no reason to hold up the partition. */
  readonly fault?: unknown;
}
