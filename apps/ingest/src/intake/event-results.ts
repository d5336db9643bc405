import type { FieldErrors, Prn } from '@fleethook/events';

export interface AcceptedEvent {
  /** The event's place in the request, from 0; blank lines do not count. */
  readonly index: number;
  readonly prn: Prn<'event'>;
}

export interface RejectedEvent {
  readonly index: number;
  /** By JSON pointer from the event. */
  readonly errors: FieldErrors;
}

/** What became of the events of a request. What is in neither list was not taken: Kafka did not acknowledge it. */
export interface EventResults {
  readonly accepted: number;
  readonly events: readonly AcceptedEvent[];
  readonly rejected: readonly RejectedEvent[];
}
