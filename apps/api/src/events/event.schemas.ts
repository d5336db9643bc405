import { z } from 'zod';
import {
  anyPrnFilter,
  beginsBeforeItEnds,
  namePartFilter,
  prnFilter,
  textFilter,
  window,
} from '../listing/filter.schemas.js';
import { pageAfter, pageParameters } from '../listing/page.schemas.js';
import { nextPage, prnField, timestamp, UUID } from '../listing/reply-fields.js';

/** Peridio's parameters, and from `device_prn` on ours. */
export const ListEvents = z
  .strictObject({
    ...pageParameters,
    page: pageAfter(UUID),
    ...window,
    actor_prn: anyPrnFilter.meta({ description: 'Who did it' }),
    resource_prn: anyPrnFilter.meta({ description: 'What it was done to' }),
    type: namePartFilter.meta({ description: 'The category', examples: ['device'] }),
    subtype: namePartFilter.meta({ description: 'The event within its category', examples: ['connected'] }),
    device_prn: prnFilter('device'),
    identifier: textFilter.meta({ description: 'Identifier of the device' }),
    cohort_prn: prnFilter('cohort').meta({ description: 'Cohort of the device' }),
    tag: textFilter.meta({ description: 'Tag of the device: of the first 100 that an event has' }),
  })
  .superRefine(beginsBeforeItEnds);
export type ListEvents = z.infer<typeof ListEvents>;

const Event = z
  .object({
    version: z.literal(1),
    prn: prnField('event'),
    type: z.string(),
    inserted_at: timestamp,
    data: z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) }),
    actor_prn: z
      .string()
      .nullable()
      .meta({ description: 'Who did it: of an event of a device the device; null where nobody is known' }),
    resource_prn: z.string().nullable().meta({ description: 'What it was done to' }),
    event_subtype: z.string().meta({ description: '`data.type` again' }),
  })
  .meta({ id: 'RecordedEvent', description: 'As it was signed, and what it is about' });
export type EventView = z.infer<typeof Event>;

export const EventReply = z.object({ event: Event });
export const EventsReply = z.object({ events: z.array(Event), next_page: nextPage });
