import { z } from 'zod';
import { normaliseEventName, type EventName } from '@fleethook/events';
import { beginsBeforeItEnds, choiceFilter, prnFilter, textFilter, window } from '../listing/filter.schemas.js';
import { pageAfter, pageParameters } from '../listing/page.schemas.js';
import { nextPage, prnField, timestamp, UUID, uuidField } from '../listing/reply-fields.js';
import { DeliveryOutcome, DeliveryStatus, TimeoutStage } from '../openapi/named-values.js';
import { EVENT_NAME_PATTERN } from '../openapi/patterns.js';

/** A delivery; of a device's list its event stands before it. */
const PLACE = `(${UUID}:)?${UUID}`;

/** Always newest first: by when the event was accepted; those of one device by when its events happened. */
export const ListDeliveries = z
  .strictObject({
    limit: pageParameters.limit,
    page: pageAfter(PLACE),
    status: choiceFilter(DeliveryStatus),
    type: textFilter
      .transform((text, context): EventName | undefined => {
        const name = text === undefined ? undefined : normaliseEventName(text);
        if (text === undefined || name !== undefined) return name;
        context.addIssue({ code: 'custom', message: 'must be the name of an event, such as device.connected' });
        return z.NEVER;
      })
      .meta({
        pattern: EVENT_NAME_PATTERN,
        description: 'The name of the event: category and event',
        examples: ['device.connected'],
      }),
    outcome: choiceFilter(DeliveryOutcome).meta({ description: 'Of the delivering attempt, or of the latest one' }),
    device_prn: prnFilter('device').meta({
      description: 'Then in the order in which its events happened, newest first',
    }),
    ...window,
  })
  .superRefine(beginsBeforeItEnds);
export type ListDeliveries = z.infer<typeof ListDeliveries>;

const time = timestamp.nullable();

const deliveryFields = {
  id: uuidField.meta({ description: 'The same for every series of an event and a webhook' }),
  series: uuidField.nullable().meta({
    description:
      'Null for what comes of accepting the event; a resend or a replay is a series of its own. An event that was accepted again under its PRN has one with null for each time, told apart by `inserted_at`',
  }),
  webhook_prn: prnField('webhook'),
  event_prn: prnField('event'),
  event_type: z.string(),
  status: DeliveryStatus,
  detail: z.enum(['deferred', 'dead', 'redriven']).nullable().meta({
    description: 'More than the status: due and held back, given up, or given up and taken up again by another series',
  }),
  dead_reason: z.string().nullable().meta({ description: 'Why it was given up' }),
  outcome: z.string().nullable().meta({ description: 'Of the delivering attempt, or of the latest one' }),
  response_status: z.int().nullable(),
  attempt_count: z.int(),
  inserted_at: timestamp.meta({ description: 'When the event was accepted' }),
  last_attempted_at: time,
  delivered_at: time,
  next_attempt_at: time,
};
const Delivery = z.object(deliveryFields).meta({ id: 'Delivery' });
export type DeliveryView = z.infer<typeof Delivery>;

const Attempt = z
  .object({
    attempt: z.int().meta({ description: 'Counted from 1, in its series' }),
    series: uuidField.nullable(),
    started_at: timestamp,
    outcome: z.string(),
    stage: TimeoutStage.nullable().meta({ description: 'How far a timeout had come' }),
    status: z.int().nullable(),
    latency_ms: z.number(),
    address: z.string().nullable().meta({ description: 'The address that was dialled' }),
    response_excerpt: z.string().nullable(),
    detail: z.string().nullable(),
    next: z
      .union([
        z.object({ kind: z.literal('retry'), tier: z.string(), due_at: time }),
        z.object({ kind: z.literal('dead'), reason: z.string() }),
      ])
      .nullable(),
  })
  .meta({ id: 'Attempt' });
export type AttemptView = z.infer<typeof Attempt>;

export const SentRequest = z
  .object({
    method: z.literal('POST'),
    url: z.string(),
    headers: z
      .array(
        z.object({
          name: z.string(),
          value: z.string().nullable().meta({ description: 'Null: of the webhook’s own headers, which are not shown' }),
        }),
      )
      .meta({ description: 'Without signatures when the body is no longer kept' }),
    body: z.string().nullable().meta({ description: 'Byte by byte what was signed; null when it is no longer kept' }),
    as_sent: z.boolean().meta({
      description:
        'Nothing of the webhook was changed since; else URL, headers and signatures are as they would be now',
    }),
  })
  .meta({ id: 'SentRequest' });
export type SentRequestView = z.infer<typeof SentRequest>;

export const DeliveriesReply = z.object({ deliveries: z.array(Delivery), next_page: nextPage });
/** Each resend and each replay adds one, without end. */
export const MAX_SERIES = 100;

/** The newest series, with the attempts of the newest of them in the order they began. */
export const DeliveryReply = z.object({
  delivery: z
    .object({
      ...deliveryFields,
      attempts: z.array(Attempt).meta({ description: 'Of these series, in the order they began' }),
      all_series: z.array(Delivery).meta({ description: `Newest first, ${MAX_SERIES} at most` }),
      more_series: z.boolean().meta({ description: 'There are older series, which are not shown' }),
      request: SentRequest.nullable().meta({
        description: 'Of the latest attempt; null without any, and when the webhook was deleted',
      }),
    })
    .meta({ id: 'DeliveryInFull' }),
});
