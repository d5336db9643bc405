import { z } from 'zod';
import { DELIVERY_STATUSES } from '@fleethook/store';
import { nextPage, prnField, timestamp } from '../listing/reply-fields.js';
import type { AttemptView, DeliveryView } from './delivery.view.js';

/** What the delivery routes answer, for the API's document. */

const Delivery = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    series: z.string().nullable(),
    event_prn: prnField('event'),
    event_type: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    detail: z.string().nullable(),
    response_status: z.int().nullable(),
    attempt_count: z.int(),
    last_attempted_at: timestamp.nullable(),
    delivered_at: timestamp.nullable(),
    next_attempt_at: timestamp.nullable(),
  })
  .meta({ id: 'Delivery' }) satisfies z.ZodType<DeliveryView>;

const Attempt = z
  .object({
    attempt: z.int(),
    series: z.string().nullable(),
    started_at: timestamp,
    outcome: z.string(),
    stage: z.string().nullable(),
    status: z.int().nullable(),
    latency_ms: z.number(),
    address: z.string().nullable(),
    response_excerpt: z.string().nullable(),
    detail: z.string().nullable(),
    next: z
      .union([
        z.object({ kind: z.literal('retry'), tier: z.string(), due_at: timestamp.nullable() }),
        z.object({ kind: z.literal('dead'), reason: z.string() }),
      ])
      .nullable(),
  })
  .meta({ id: 'Attempt' }) satisfies z.ZodType<AttemptView>;

export const DeliveriesReply = z.object({ deliveries: z.array(Delivery), next_page: nextPage });
export const DeliveryReply = z.object({
  delivery: Delivery.extend({ attempts: z.array(Attempt) }).meta({ id: 'DeliveryWithAttempts' }),
});
