import { z } from 'zod';
import { DELIVERY_STATUSES } from '@fleethook/store';
import { nextPage } from '../listing/page.schemas.js';
import type { AttemptView, DeliveryView } from './delivery.view.js';

/** What the delivery routes answer, for the API's document. */

const Delivery = z
  .object({
    id: z.string(),
    series: z.string().nullable(),
    event_prn: z.string(),
    event_type: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    detail: z.string().nullable(),
    response_status: z.int().nullable(),
    attempt_count: z.int(),
    last_attempted_at: z.string().nullable(),
    delivered_at: z.string().nullable(),
    next_attempt_at: z.string().nullable(),
  })
  .meta({ id: 'Delivery' }) satisfies z.ZodType<DeliveryView>;

const Attempt = z
  .object({
    attempt: z.int(),
    series: z.string().nullable(),
    started_at: z.string(),
    outcome: z.string(),
    stage: z.string().nullable(),
    status: z.int().nullable(),
    latency_ms: z.number(),
    address: z.string().nullable(),
    response_excerpt: z.string().nullable(),
    detail: z.string().nullable(),
    next: z
      .union([
        z.object({ kind: z.literal('retry'), tier: z.string(), due_at: z.string().nullable() }),
        z.object({ kind: z.literal('dead'), reason: z.string() }),
      ])
      .nullable(),
  })
  .meta({ id: 'Attempt' }) satisfies z.ZodType<AttemptView>;

export const DeliveriesReply = z.object({ deliveries: z.array(Delivery), next_page: nextPage });
export const DeliveryReply = z.object({
  delivery: Delivery.extend({ attempts: z.array(Attempt) }).meta({ id: 'DeliveryWithAttempts' }),
});
