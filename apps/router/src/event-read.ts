import type { EventMessage } from '@fleethook/messages';

/** What reading a record of `fleet.events` comes to. */
export type EventRead =
  { readonly kind: 'event'; readonly event: EventMessage } | { readonly kind: 'refused'; readonly detail: string };
