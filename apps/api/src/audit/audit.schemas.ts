import { z } from 'zod';
import { beginsBeforeItEnds, choiceFilter, textFilter, window } from '../listing/filter.schemas.js';
import { pageAfter, pageParameters } from '../listing/page.schemas.js';
import { nextPage, timestamp } from '../listing/reply-fields.js';
import { AuditAction } from '../openapi/named-values.js';

const ACTOR = 'PRN of an API key, `operator` or `system`';

/** Always newest first. */
export const ListAudit = z
  .strictObject({
    limit: pageParameters.limit,
    page: pageAfter(String.raw`\d{1,18}`),
    resource_prn: textFilter.meta({ description: 'What was changed' }),
    actor: textFilter.meta({ description: ACTOR }),
    action: choiceFilter(AuditAction),
    ...window,
  })
  .superRefine(beginsBeforeItEnds);
export type ListAudit = z.infer<typeof ListAudit>;

const snapshot = z
  .record(z.string(), z.unknown())
  .nullable()
  .meta({ description: 'Of a change only what differs; secrets are masked' });

const AuditEntry = z
  .object({
    id: z.string(),
    inserted_at: timestamp,
    actor: z.string().meta({ description: ACTOR }),
    action: AuditAction,
    resource_prn: z.string().meta({ description: 'PRN of what was changed; of a type of events its name' }),
    before: snapshot,
    after: snapshot,
    request_id: z
      .string()
      .nullable()
      .meta({ description: '`peridio-request-id` of the reply to the call that did it; null when none did' }),
  })
  .meta({ id: 'AuditEntry' });

export const AuditLogReply = z.object({ audit_log: z.array(AuditEntry), next_page: nextPage });
export type AuditLogReply = z.infer<typeof AuditLogReply>;
