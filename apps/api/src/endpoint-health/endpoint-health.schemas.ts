import { z } from 'zod';
import { pageParameters } from '../listing/page.schemas.js';
import { nextPage, prnField } from '../listing/reply-fields.js';

export const HOURS = 24;

export const ListEndpointHealth = z.strictObject(pageParameters);
export type ListEndpointHealth = z.infer<typeof ListEndpointHealth>;

const count = z.int().min(0);

const EndpointHealth = z
  .object({
    webhook_prn: prnField('webhook'),
    succeeded_24h: count.meta({ description: 'Attempts that delivered' }),
    failed_24h: count.meta({ description: 'Attempts that did not' }),
    success_ratio: z.number().min(0).max(1).nullable().meta({ description: 'Null without any attempt' }),
    bars: z
      .array(z.object({ succeeded: count, failed: count }))
      .length(HOURS)
      .meta({ description: 'By the hour, oldest first; the last one is still being filled' }),
    waiting: count.meta({
      description:
        'Deliveries that were tried and are to be tried again: what is lost with the webhook. Counting ends at 10000',
    }),
    breaker: z.enum(['closed', 'open', 'half_open']).nullable().meta({
      description:
        'Whether the endpoint is left alone (`open`) or being probed (`half_open`); null when the last that was heard is too old',
    }),
    state: z.enum(['enabled', 'disabled']),
    disabled_by: z.enum(['user', 'gone', 'failing']).nullable(),
  })
  .meta({ id: 'EndpointHealth' });
export type EndpointHealthView = z.infer<typeof EndpointHealth>;

export const EndpointHealthReply = z.object({ data: EndpointHealth });
export const EndpointHealthListReply = z.object({ data: z.array(EndpointHealth), next_page: nextPage });
