import { z } from 'zod';
import { nameOfThing } from '../api-keys/api-key.schemas.js';
import { repeatedPrn } from '../http/path-prn.js';
import { nextPage, prnField, timestamp } from '../listing/reply-fields.js';

const BODY = 'must be a JSON object';

export const CreateOrganization = z.strictObject({ name: nameOfThing }, BODY);
export type CreateOrganization = z.infer<typeof CreateOrganization>;

export const UpdateOrganization = z.strictObject(
  {
    prn: repeatedPrn('organization'),
    name: nameOfThing.optional(),
  },
  BODY,
);
export type UpdateOrganization = z.infer<typeof UpdateOrganization>;

const Organization = z
  .object({
    prn: prnField('organization'),
    name: z.string(),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Organization' });

export const OrganizationReply = z.object({ organization: Organization });
export type OrganizationReply = z.infer<typeof OrganizationReply>;
export const OrganizationsReply = z.object({ organizations: z.array(Organization), next_page: nextPage });
export type OrganizationsReply = z.infer<typeof OrganizationsReply>;
