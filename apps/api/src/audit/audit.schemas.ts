import { z } from 'zod';
import { AUDIT_ACTIONS } from '@fleethook/store';
import { moment } from '../listing/moment.schema.js';
import { pageParameters } from '../listing/page.schemas.js';

const MAX_FILTER_LENGTH = 256;

/** An empty filter is none, as in every list. */
const left = (value: unknown): unknown => (value === '' ? undefined : value);
const name = z.preprocess(
  left,
  z
    .string('must be given once')
    .max(MAX_FILTER_LENGTH, `must be at most ${MAX_FILTER_LENGTH} characters`)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be valid Unicode without NUL')
    .optional(),
);
const time = z.preprocess(left, moment.optional());

/** Always newest first. */
export const ListAudit = z
  .strictObject({
    limit: pageParameters.limit,
    page: pageParameters.page.refine(
      (page) => page === undefined || /^\d{1,18}$/.test(page.id),
      'is not a cursor from next_page',
    ),
    resource_prn: name,
    actor: name,
    action: z.preprocess(left, z.enum(AUDIT_ACTIONS, `must be one of ${AUDIT_ACTIONS.join(', ')}`).optional()),
    inserted_at_gte: time,
    inserted_at_lt: time,
  })
  .refine(({ inserted_at_gte: from, inserted_at_lt: to }) => from === undefined || to === undefined || from < to, {
    path: ['inserted_at_gte'],
    message: 'must be before inserted_at_lt',
  });
export type ListAudit = z.infer<typeof ListAudit>;

export const AuditLogReply = z.object({
  audit_log: z.array(
    z.object({
      id: z.string(),
      inserted_at: z.string(),
      /** PRN of an API key, `operator` or `system`. */
      actor: z.string(),
      action: z.enum(AUDIT_ACTIONS),
      resource_prn: z.string(),
      /** Of a change only what differs; secrets are masked. */
      before: z.record(z.string(), z.unknown()).nullable(),
      after: z.record(z.string(), z.unknown()).nullable(),
      /** `peridio-request-id` of the reply to the call that did it. */
      request_id: z.string().nullable(),
    }),
  ),
  next_page: z.string().nullable(),
});
export type AuditLogReply = z.infer<typeof AuditLogReply>;
