import { z } from 'zod';
import { choiceFilter, prnFilter } from '../listing/filter.schemas.js';
import { pageAfter, pageParameters } from '../listing/page.schemas.js';
import { nextPage, prnField, timestamp, UUID, uuidField } from '../listing/reply-fields.js';
import { WarningKind } from '../openapi/named-values.js';

/** Always newest first. */
export const ListWarnings = z.strictObject({
  limit: pageParameters.limit,
  page: pageAfter(UUID),
  webhook_prn: prnFilter('webhook'),
  kind: choiceFilter(WarningKind),
});
export type ListWarnings = z.infer<typeof ListWarnings>;

export const Warning = z
  .object({
    id: uuidField,
    webhook_prn: prnField('webhook'),
    kind: WarningKind,
    message: z.string().meta({ description: 'In words' }),
    failing_since: timestamp.nullable(),
    disables_at: timestamp
      .nullable()
      .meta({ description: 'When the webhook is disabled unless its endpoint answers with success before' }),
    disabled_by: z.enum(['gone', 'failing']).nullable(),
    delivery_id: uuidField
      .nullable()
      .meta({ description: 'The delivery that fails: `GET /webhooks/{prn}/deliveries/{id}`' }),
    request_failed: z
      .object({
        type: z.string(),
        data: z.object({ webhook: z.object({ prn: prnField('webhook') }), status: z.int().optional() }),
      })
      .nullable()
      .meta({
        description:
          'What its latest attempt came to, as the payload of `webhook.request_failed`: a record, never sent',
      }),
    inserted_at: timestamp,
  })
  .meta({ id: 'Warning' });

export const WarningsReply = z.object({ warnings: z.array(Warning), next_page: nextPage });
