import { Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { parseDurationMs } from '@fleethook/config';
import { HOUR_MS } from '@fleethook/store';
import { parsed } from '../errors/parsed.js';

const NEVER = 'never';
const MIN_HOURS = 24;
const MAX_HOURS = 720;
const EXPLAINED = `must be whole hours from ${MIN_HOURS}h to ${MAX_HOURS}h such as 72h, or ${NEVER}`;

/** As a client writes it and reads it: `72h`, `3d`, `never`. */
export function disableAfterOf(hours: number | undefined): string {
  return hours === undefined ? NEVER : `${hours}h`;
}

const DisableAfter = z.string(EXPLAINED).transform((text, context): { hours: number | undefined } => {
  if (text === NEVER) return { hours: undefined };
  const hours = (parseDurationMs(text) ?? Number.NaN) / HOUR_MS;
  if (Number.isInteger(hours) && hours >= MIN_HOURS && hours <= MAX_HOURS) return { hours };
  context.addIssue({ code: 'custom', message: EXPLAINED });
  return z.NEVER;
});

const UpdateOrganization = z.strictObject({ disable_after: DisableAfter.optional() }, 'must be a JSON object');
export type UpdateOrganization = z.infer<typeof UpdateOrganization>;

export const OrganizationReply = z.object({
  organization: z.object({
    prn: z.string(),
    name: z.string(),
    /** How long an endpoint may fail before its webhook is disabled: hours such as `72h`, or `never`. */
    disable_after: z.string(),
    inserted_at: z.string(),
  }),
});

@Injectable()
export class UpdateOrganizationPipe implements PipeTransform<unknown, UpdateOrganization> {
  transform(value: unknown): UpdateOrganization {
    return parsed(UpdateOrganization, value);
  }
}
