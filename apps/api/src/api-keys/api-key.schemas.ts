import { z } from 'zod';
import { API_KEY_SCOPES } from '@fleethook/messages';
import { repeatedPrn } from '../http/path-prn.js';
import { moment } from '../listing/moment.schema.js';
import { pageParameters } from '../listing/page.schemas.js';
import { nextPage, prnField, timestamp } from '../listing/reply-fields.js';
import { ApiKeyScope } from '../openapi/named-values.js';
import { NOT_BLANK_PATTERN } from '../openapi/patterns.js';

const MAX_NAME_LENGTH = 128;
const BODY = 'must be a JSON object';

/** PostgreSQL's texts know no NUL, half a surrogate pair is no character, and a name of blanks is none. */
export const nameOfThing = z
  .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a text') })
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be valid Unicode without NUL')
  .refine((text) => text.trim() !== '', 'must not be empty')
  .max(MAX_NAME_LENGTH, `must be at most ${MAX_NAME_LENGTH} characters`)
  .meta({ minLength: 1, pattern: NOT_BLANK_PATTERN });

const scopes = z
  .array(ApiKeyScope, {
    error: (issue) => (issue.input === undefined ? 'is required' : 'must be a list of scopes'),
  })
  .min(1, 'must name at least one scope')
  .max(32, 'must be at most 32 names')
  .transform((given) => API_KEY_SCOPES.filter((scope) => given.includes(scope)));

const expiresAt = moment
  .refine((at) => at.getTime() > Date.now(), 'must be in the future')
  .nullish()
  .meta({ description: 'In the future; null or left out: never', examples: ['2099-12-31T00:00:00Z'] });

export const CreateApiKey = z.strictObject({ name: nameOfThing, scopes, expires_at: expiresAt }, BODY);
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** By the operator, for an organization that has none yet: with all scopes unless told otherwise. */
export const CreateFirstApiKey = z.strictObject(
  { name: nameOfThing.default('first'), scopes: scopes.default([...API_KEY_SCOPES]), expires_at: expiresAt },
  BODY,
);

export const UpdateApiKey = z.strictObject(
  {
    prn: repeatedPrn('api_key'),
    name: nameOfThing.optional(),
    expires_at: expiresAt,
  },
  BODY,
);
export type UpdateApiKey = z.infer<typeof UpdateApiKey>;

export const ListByAge = z.strictObject(pageParameters);
export type ListByAge = z.infer<typeof ListByAge>;

/** An API key as clients see it. The key itself is in none of these but `RevealedApiKey`. */
const fields = {
  prn: prnField('api_key'),
  organization_prn: prnField('organization'),
  name: z.string(),
  scopes: z.array(ApiKeyScope),
  creator_prn: prnField('api_key')
    .nullable()
    .meta({ description: 'The key that made it; null when the operator or the start did' }),
  expires_at: timestamp.nullable(),
  inserted_at: timestamp,
  updated_at: timestamp,
};
const ApiKey = z.object(fields).meta({ id: 'ApiKey' });

/** The one reply in which a key is shown: to the call that made it. */
const RevealedApiKey = z
  .object({ ...fields, key: z.string().meta({ description: 'Shown here and nowhere else' }) })
  .meta({ id: 'RevealedApiKey' });

export const ApiKeyReply = z.object({ api_key: ApiKey });
export type ApiKeyReply = z.infer<typeof ApiKeyReply>;
export const RevealedApiKeyReply = z.object({ api_key: RevealedApiKey });
export type RevealedApiKeyReply = z.infer<typeof RevealedApiKeyReply>;
export const ApiKeysReply = z.object({ api_keys: z.array(ApiKey), next_page: nextPage });
export type ApiKeysReply = z.infer<typeof ApiKeysReply>;
