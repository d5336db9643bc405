import { z } from 'zod';
import { nextPage, prnField, timestamp } from '../listing/reply-fields.js';
import { Warning } from '../warnings/warning.schemas.js';
import { FailedTestFire } from './verification/failed-test-fire.js';
import type { RevealedWebhook, WebhookFields, WebhookView } from './webhook.view.js';

/** What the webhook routes answer, for the API's document. */

const Configured = z.object({
  prn: prnField('webhook'),
  organization_prn: prnField('organization'),
  url: z.string(),
  description: z.string().nullable(),
  enabled_events: z.array(z.string()),
  filter: z.record(z.string(), z.unknown()).nullable(),
  timeout_ms: z.int().nullable(),
  max_concurrency: z.int().nullable(),
  rate_per_second: z.int().nullable(),
  lanes: z.int(),
  header_names: z.array(z.string()).meta({ description: 'Of its own headers; their values are not shown' }),
  has_basic_auth: z.boolean(),
  state: z.enum(['enabled', 'disabled']),
  disabled_by: z.enum(['user', 'gone', 'failing']).nullable(),
  disabled_at: timestamp.nullable(),
  inserted_at: timestamp,
  updated_at: timestamp,
}) satisfies z.ZodType<WebhookFields>;

const Webhook = Configured.extend({ failing_since: timestamp.nullable(), warnings: z.array(Warning) }).meta({
  id: 'Webhook',
}) satisfies z.ZodType<WebhookView>;

const Revealed = Configured.extend({
  secret: z.string().meta({ pattern: '^[0-9A-F]{32}$', description: 'Shown here and nowhere else' }),
  standard_webhooks_secret: z
    .string()
    .meta({ pattern: '^whsec_', description: 'The same secret, for libraries of Standard Webhooks' }),
}).meta({ id: 'RevealedWebhook' }) satisfies z.ZodType<RevealedWebhook>;

export const WebhookReply = z.object({ webhook: Webhook });
/** After a change: with the replay that it started, if it did. */
export const ChangedWebhookReply = z.object({ webhook: Webhook, replay_prn: prnField('replay').optional() });
export const RevealedWebhookReply = z.object({ webhook: Revealed });
export const WebhooksReply = z.object({ webhooks: z.array(Webhook), next_page: nextPage });

/** Of a 422: the fields as everywhere, and beside them what passed when the endpoint did not pass its verification. */
export const WebhookRefusal = z
  .object({
    errors: z.record(z.string(), z.array(z.string().min(1)).min(1)),
    test_fire: FailedTestFire.optional().meta({ description: 'When the endpoint did not answer a test fire with 200' }),
  })
  .meta({ id: 'WebhookRefusal' });

/** The body of a delivery. */
const Event = z
  .object({
    version: z.literal(1),
    prn: prnField('event'),
    type: z.string(),
    inserted_at: timestamp,
    data: z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) }),
  })
  .meta({ id: 'Event' });

export const TestFireReply = z.object({ event: Event });
