import { Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { isPrn, type Prn } from '@fleethook/events';
import { WARNING_KINDS } from '@fleethook/store';
import { parsed } from '../errors/parsed.js';
import { pageParameters } from '../listing/page.schemas.js';

const once = z.string('must be given once').optional();

/** Always newest first. */
const ListWarnings = z.object({
  limit: pageParameters.limit,
  page: pageParameters.page,
  webhook_prn: once.transform((text, context): Prn<'webhook'> | undefined => {
    if (text === undefined || text === '') return undefined;
    if (isPrn(text, 'webhook')) return text;
    context.addIssue({ code: 'custom', message: "must be a webhook's PRN" });
    return z.NEVER;
  }),
  kind: once
    .transform((text) => (text === '' ? undefined : text))
    .pipe(z.enum(WARNING_KINDS, `must be one of ${WARNING_KINDS.join(', ')}`).optional()),
});
export type ListWarnings = z.infer<typeof ListWarnings>;

export const Warning = z.object({
  id: z.uuid(),
  webhook_prn: z.string(),
  kind: z.enum(WARNING_KINDS),
  /** In words. */
  message: z.string(),
  failing_since: z.string().nullable(),
  /** When the webhook is disabled unless its endpoint answers with success before. */
  disables_at: z.string().nullable(),
  disabled_by: z.enum(['gone', 'failing']).nullable(),
  /** The delivery that fails; see `GET /webhooks/{prn}/deliveries/{id}`. */
  delivery_id: z.string().nullable(),
  /** What its latest attempt came to, as the payload of `webhook.request_failed`: a record only, never sent. */
  request_failed: z
    .object({
      type: z.string(),
      data: z.object({ webhook: z.object({ prn: z.string() }), status: z.int().optional() }),
    })
    .nullable(),
  inserted_at: z.string(),
});

export const WarningsReply = z.object({ warnings: z.array(Warning), next_page: z.string().nullable() });

@Injectable()
export class ListWarningsPipe implements PipeTransform<unknown, ListWarnings> {
  transform(value: unknown): ListWarnings {
    return parsed(ListWarnings, value);
  }
}
