import { z } from 'zod';
import { OWN_HEADER_LIMITS, ownHeaderFaults } from '@fleethook/egress';
import { MAX_LANES } from '@fleethook/messages';
import { HEADER_NAME_PATTERN, HEADER_VALUE_PATTERN, PASSWORD_PATTERN, USER_NAME_PATTERN } from '../openapi/patterns.js';

const [MIN_TIMEOUT_MS, MAX_TIMEOUT_MS] = [1_000, 30_000];
const MAX_CONCURRENCY = 200;
const MAX_RATE_PER_SECOND = 10_000;
const MAX_CREDENTIAL_LENGTH = 255;

const whole = (min: number, max: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`).nullish();

/** RFC 7617 §2: no control characters, and no colon in the name. */
const credential = (pattern: string, message: string) => {
  const form = new RegExp(pattern, 'u');
  return z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a text') })
    .max(MAX_CREDENTIAL_LENGTH, `must be at most ${MAX_CREDENTIAL_LENGTH} characters`)
    .refine((text) => text.isWellFormed() && form.test(text), message)
    .meta({ pattern });
};

/** How a webhook is called, in requests: null takes a setting back to its default. */
export const REQUEST_SETTINGS = {
  timeout_ms: whole(MIN_TIMEOUT_MS, MAX_TIMEOUT_MS).meta({
    description: 'Of one attempt in all, milliseconds; without it 10 s',
  }),
  max_concurrency: whole(1, MAX_CONCURRENCY).meta({ description: 'Attempts at the same time; without it 20' }),
  rate_per_second: whole(1, MAX_RATE_PER_SECOND).meta({
    description:
      'Attempts begun in a second; without it as many as there are. What is more waits, and uses up no attempt',
  }),
  lanes: whole(1, MAX_LANES).meta({
    description:
      'Over so many lanes its deliveries are spread, each of which another process may have; without it 1. They share `max_concurrency` and `rate_per_second`, so neither may be less',
  }),
  headers: z
    .record(
      z.string().meta({ pattern: HEADER_NAME_PATTERN }),
      z.string('must be a text').meta({ pattern: HEADER_VALUE_PATTERN }),
      'must be an object of texts',
    )
    .superRefine((headers, context) => {
      for (const message of ownHeaderFaults(headers)) context.addIssue({ code: 'custom', message });
    })
    .nullish()
    .meta({
      description: `Sent with every request: at most ${OWN_HEADER_LIMITS.count}, ${OWN_HEADER_LIMITS.bytes} bytes in all; none of ours. Their values are sealed and never shown again`,
      maxProperties: OWN_HEADER_LIMITS.count,
      examples: [{ 'x-tenant': 'acme' }],
    }),
  basic_auth: z
    .strictObject(
      {
        username: credential(USER_NAME_PATTERN, 'must not be empty, nor contain colons or control characters'),
        password: credential(PASSWORD_PATTERN, 'must not contain control characters'),
      },
      'must be an object',
    )
    .nullish()
    .meta({ description: 'Sent as `authorization` with every request; sealed, and never shown again' }),
};

/** What of it a request asks for. */
export type RequestSettingsInput = z.infer<z.ZodObject<typeof REQUEST_SETTINGS>>;
