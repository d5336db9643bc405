import { z } from 'zod';
import { nameOfThing } from '../api-keys/api-key.schemas.js';

const BODY = 'must be a JSON object';

export const CreateOrganization = z.strictObject({ name: nameOfThing }, BODY);
export type CreateOrganization = z.infer<typeof CreateOrganization>;

export const UpdateOrganization = z.strictObject(
  { prn: z.string('must be a PRN').optional(), name: nameOfThing.optional() },
  BODY,
);
export type UpdateOrganization = z.infer<typeof UpdateOrganization>;

const Organization = z.object({
  prn: z.string(),
  name: z.string(),
  inserted_at: z.string(),
  updated_at: z.string(),
});

export const OrganizationReply = z.object({ organization: Organization });
export type OrganizationReply = z.infer<typeof OrganizationReply>;
export const OrganizationsReply = z.object({ organizations: z.array(Organization), next_page: z.string().nullable() });
export type OrganizationsReply = z.infer<typeof OrganizationsReply>;
