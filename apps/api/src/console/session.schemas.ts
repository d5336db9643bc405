import { z } from 'zod';
import { prnField, timestamp } from '../listing/reply-fields.js';
import { ApiKeyScope } from '../openapi/named-values.js';

const MAX_KEY_LENGTH = 256;

export const OpenSession = z.strictObject(
  {
    api_key: z
      .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a text') })
      .min(1, 'must not be empty')
      .max(MAX_KEY_LENGTH, `must be at most ${MAX_KEY_LENGTH} characters`),
  },
  'must be a JSON object',
);
export type OpenSession = z.infer<typeof OpenSession>;

export const SessionReply = z.object({
  data: z
    .object({
      organization: z.object({ prn: prnField('organization'), name: z.string() }),
      api_key: z.object({ prn: prnField('api_key'), name: z.string(), scopes: z.array(ApiKeyScope) }),
      intake_url: z.string().nullable().meta({
        description: 'Where producers find the intake; null: the operator has not said (`INGEST_PUBLIC_URL`)',
      }),
      expires_at: timestamp.meta({ description: 'Then one has to sign in again' }),
    })
    .meta({ id: 'ConsoleSession' }),
});
