import { z } from 'zod';
import { parseDurationMs } from '@fleethook/config';
import { HOUR_MS } from '@fleethook/store';
import { prnField, timestamp } from '../listing/reply-fields.js';
import { DURATION_OR_NEVER_PATTERN } from '../openapi/patterns.js';

const NEVER = 'never';
const MIN_HOURS = 24;
const MAX_HOURS = 720;
const EXPLAINED = `must be whole hours from ${MIN_HOURS}h to ${MAX_HOURS}h such as 72h, or ${NEVER}`;

const FAILS_SO_LONG = 'How long an endpoint may fail before its webhook is disabled';

/** As a client writes it and reads it: `72h`, `3d`, `never`. */
export function disableAfterOf(hours: number | undefined): string {
  return hours === undefined ? NEVER : `${hours}h`;
}

const DisableAfter = z
  .string(EXPLAINED)
  .transform((text, context): { hours: number | undefined } => {
    if (text === NEVER) return { hours: undefined };
    const hours = (parseDurationMs(text) ?? Number.NaN) / HOUR_MS;
    if (Number.isInteger(hours) && hours >= MIN_HOURS && hours <= MAX_HOURS) return { hours };
    context.addIssue({ code: 'custom', message: EXPLAINED });
    return z.NEVER;
  })
  .meta({
    pattern: DURATION_OR_NEVER_PATTERN,
    description: `${FAILS_SO_LONG}: whole hours from 24h to 720h, or never`,
    examples: ['72h', '3d', NEVER],
  });

export const UpdateOrganization = z.strictObject({ disable_after: DisableAfter.optional() }, 'must be a JSON object');
export type UpdateOrganization = z.infer<typeof UpdateOrganization>;

export const OrganizationReply = z.object({
  organization: z
    .object({
      prn: prnField('organization'),
      name: z.string(),
      disable_after: z.string().meta({ description: `${FAILS_SO_LONG}: hours such as 72h, or never` }),
      inserted_at: timestamp,
    })
    .meta({ id: 'OwnOrganization' }),
});
