import { z } from 'zod';
import {
  anyPrnFilter,
  beginsBeforeItEnds,
  namePartFilter,
  prnFilter,
  textFilter,
  timeFilter,
} from '../listing/filter.schemas.js';
import { pageParameters } from '../listing/page.schemas.js';

/** Peridio's parameters, and from `device_prn` on ours. */
export const ListEvents = z
  .strictObject({
    ...pageParameters,
    inserted_at_gte: timeFilter,
    inserted_at_lt: timeFilter,
    actor_prn: anyPrnFilter,
    resource_prn: anyPrnFilter,
    /** The category. */
    type: namePartFilter,
    /** The event within its category. */
    subtype: namePartFilter,
    device_prn: prnFilter('device'),
    identifier: textFilter,
    cohort_prn: prnFilter('cohort'),
    tag: textFilter,
  })
  .superRefine(beginsBeforeItEnds);
export type ListEvents = z.infer<typeof ListEvents>;

/** The envelope as it was signed, and what it is about. */
const Event = z.object({
  version: z.literal(1),
  prn: z.string(),
  type: z.string(),
  inserted_at: z.string(),
  data: z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) }),
  /** Who did it; for a device's event the device. Null where nobody is known. */
  actor_prn: z.string().nullable(),
  /** What it was done to. */
  resource_prn: z.string().nullable(),
  /** `data.type` again. */
  event_subtype: z.string(),
});
export type EventView = z.infer<typeof Event>;

export const EventReply = z.object({ event: Event });
export const EventsReply = z.object({ events: z.array(Event), next_page: z.string().nullable() });
