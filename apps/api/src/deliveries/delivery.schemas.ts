import { z } from 'zod';
import { normaliseEventName, type EventName } from '@fleethook/events';
import { DELIVERY_STATUSES } from '@fleethook/store';
import { beginsBeforeItEnds, choiceFilter, prnFilter, textFilter, timeFilter } from '../listing/filter.schemas.js';
import { pageParameters } from '../listing/page.schemas.js';

const OUTCOMES = [
  'delivered',
  'http_status',
  'redirect',
  'timeout',
  'dns',
  'connection_refused',
  'connection_reset',
  'tls',
  'address_blocked',
  'protocol',
  'gone',
] as const;

/** Always newest first: by when the event was accepted; those of one device by when its events happened. */
export const ListDeliveries = z
  .strictObject({
    limit: pageParameters.limit,
    page: pageParameters.page,
    status: choiceFilter(DELIVERY_STATUSES),
    /** The event's name, `category.event`. */
    type: textFilter.transform((text, context): EventName | undefined => {
      const name = text === undefined ? undefined : normaliseEventName(text);
      if (text === undefined || name !== undefined) return name;
      context.addIssue({ code: 'custom', message: 'must be the name of an event, such as device.connected' });
      return z.NEVER;
    }),
    /** Of the delivering attempt, or of the latest one. */
    outcome: choiceFilter(OUTCOMES),
    device_prn: prnFilter('device'),
    inserted_at_gte: timeFilter,
    inserted_at_lt: timeFilter,
  })
  .superRefine(beginsBeforeItEnds);
export type ListDeliveries = z.infer<typeof ListDeliveries>;

const time = z.string().nullable();

const deliveryFields = {
  id: z.string(),
  /** Null for the first; a resend or a replay is a series of its own. */
  series: z.string().nullable(),
  webhook_prn: z.string(),
  event_prn: z.string(),
  event_type: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  /** More than the status says: due and held back, given up, or given up and taken up again by another series. */
  detail: z.enum(['deferred', 'dead', 'redriven']).nullable(),
  /** Why it was given up. */
  dead_reason: z.string().nullable(),
  /** Of the delivering attempt, or of the latest one. */
  outcome: z.string().nullable(),
  response_status: z.int().nullable(),
  attempt_count: z.int(),
  /** When the event was accepted. */
  inserted_at: z.string(),
  last_attempted_at: time,
  delivered_at: time,
  next_attempt_at: time,
};
const Delivery = z.object(deliveryFields);
export type DeliveryView = z.infer<typeof Delivery>;

const Attempt = z.object({
  attempt: z.int(),
  series: z.string().nullable(),
  started_at: z.string(),
  outcome: z.string(),
  /** How far a timeout had come: dns, connect, tls, headers, body. */
  stage: z.string().nullable(),
  status: z.int().nullable(),
  latency_ms: z.number(),
  /** The address that was dialled. */
  address: z.string().nullable(),
  response_excerpt: z.string().nullable(),
  detail: z.string().nullable(),
  next: z
    .union([
      z.object({ kind: z.literal('retry'), tier: z.string(), due_at: time }),
      z.object({ kind: z.literal('dead'), reason: z.string() }),
    ])
    .nullable(),
});
export type AttemptView = z.infer<typeof Attempt>;

export const DeliveriesReply = z.object({ deliveries: z.array(Delivery), next_page: z.string().nullable() });
/** The newest series, with the attempts of all of them in the order they began. */
export const DeliveryReply = z.object({
  delivery: z.object({ ...deliveryFields, attempts: z.array(Attempt), all_series: z.array(Delivery) }),
});
