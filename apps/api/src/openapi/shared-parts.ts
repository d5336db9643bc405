import type { Json } from './json-schemas.js';

/** What every operation has in common: error bodies, refusals, headers, ways to authenticate. */

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });
const json = (schema: string): Json => ({ 'application/json': { schema: ref('schemas', schema) } });

export const ERROR_SCHEMAS: Readonly<Record<string, Json>> = {
  Error: {
    type: 'object',
    required: ['errors'],
    properties: {
      errors: {
        type: 'object',
        required: ['detail'],
        properties: { detail: { type: 'string', minLength: 1 } },
      },
    },
  },
  FieldErrors: {
    type: 'object',
    description: 'Everything that is wrong, by field; `body` is the request body as a whole.',
    required: ['errors'],
    properties: {
      errors: {
        type: 'object',
        minProperties: 1,
        propertyNames: { not: { const: 'detail' } },
        additionalProperties: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      },
    },
  },
};

export const HEADERS: Readonly<Record<string, Json>> = {
  RequestId: {
    description: 'Names this request, also in the logs of the platform.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
  RateLimitLimit: { description: 'Requests that fit into the window.', schema: { type: 'integer', minimum: 0 } },
  RateLimitRemaining: { description: 'Requests that are left in it.', schema: { type: 'integer', minimum: 0 } },
  RateLimitReset: { description: 'Seconds until all are there again.', schema: { type: 'integer', minimum: 0 } },
  RetryAfter: { description: 'Seconds after which to try again.', schema: { type: 'integer', minimum: 0 } },
  SetCookie: { description: 'The cookie `fleethook_session`, or the end of it.', schema: { type: 'string' } },
  WwwAuthenticate: { description: 'How to authenticate.', schema: { type: 'string' } },
  IdempotentReplayed: {
    description: 'Present and `true`: this is the reply to an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** On every reply; the limits only where the platform has set any. */
export const COMMON_HEADERS: Json = {
  'peridio-request-id': ref('headers', 'RequestId'),
  'RateLimit-Limit': ref('headers', 'RateLimitLimit'),
  'RateLimit-Remaining': ref('headers', 'RateLimitRemaining'),
  'RateLimit-Reset': ref('headers', 'RateLimitReset'),
};

const RETRY_AFTER: Json = { 'Retry-After': ref('headers', 'RetryAfter') };

interface Refusal {
  readonly name: string;
  readonly description: string;
  readonly schema?: 'FieldErrors';
  readonly headers?: Json;
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: {
    name: 'BadRequest',
    description: 'The request is malformed: no HTTP, no URI, a bad `Idempotency-Key`, or a body that is no JSON.',
  },
  401: {
    name: 'Unauthorized',
    description: 'No API key, or one that is unknown or has expired.',
    headers: { 'WWW-Authenticate': ref('headers', 'WwwAuthenticate') },
  },
  403: {
    name: 'Forbidden',
    description: 'The API key lacks the scope; or a request with the console’s cookie lacks `X-Fleethook-Console: 1`.',
  },
  404: { name: 'NotFound', description: 'There is no such thing, or it is of another organization.' },
  413: { name: 'ContentTooLarge', description: 'The body is too large.' },
  414: { name: 'UriTooLong', description: 'A path parameter is longer than any name.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not `application/json`.' },
  422: { name: 'UnprocessableContent', description: 'Fields are wrong, each with what is.', schema: 'FieldErrors' },
  429: { name: 'TooManyRequests', description: 'More requests than the limit allows.', headers: RETRY_AFTER },
  500: { name: 'InternalServerError', description: 'A fault of the platform.' },
  503: { name: 'ServiceUnavailable', description: 'Something that it needs is away for now.', headers: RETRY_AFTER },
};

export const RESPONSES: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(
    Object.values(REFUSALS).map(({ name, description, schema = 'Error', headers = {} }) => [
      name,
      { description, headers: { ...COMMON_HEADERS, ...headers }, content: json(schema) },
    ]),
  ),
  UnprocessableRepeat: unprocessable(ref('schemas', 'FieldErrors'), true),
};

/** A 422. @param fieldErrors its body @param isIdempotent it may be about the `Idempotency-Key` */
export function unprocessable(fieldErrors: Json, isIdempotent: boolean): Json {
  const words = 'Fields are wrong, each with what is';
  return {
    description: isIdempotent ? `${words}; \`idempotency-key\`, when it was used for another request.` : `${words}.`,
    headers: COMMON_HEADERS,
    content: { 'application/json': { schema: fieldErrors } },
  };
}

/** What is a route's own: when it answers 409 and 410, in words, and whether it takes `Idempotency-Key`. */
export interface OwnRefusals {
  readonly conflict?: string | undefined;
  readonly gone?: string | undefined;
  readonly idempotent?: true | undefined;
}

const UNDER_WAY = 'A request with the same `Idempotency-Key` is under way; then with `Retry-After`.';

export function refusals(
  statuses: readonly number[],
  { conflict, gone, idempotent }: OwnRefusals,
): Record<string, Json> {
  const entries: [string, Json][] = statuses.flatMap((status) => {
    const refusal = REFUSALS[status];
    return refusal === undefined ? [] : [[String(status), ref('responses', refusal.name)]];
  });
  const conflicts = [...(conflict === undefined ? [] : [conflict]), ...(idempotent === true ? [UNDER_WAY] : [])];
  if (conflicts.length > 0)
    entries.push([
      '409',
      {
        description: conflicts.join(' '),
        headers: { ...COMMON_HEADERS, ...(idempotent === true ? RETRY_AFTER : {}) },
        content: json('Error'),
      },
    ]);
  if (gone !== undefined) entries.push(['410', { description: gone, headers: COMMON_HEADERS, content: json('Error') }]);
  if (idempotent === true) entries.push(['422', ref('responses', 'UnprocessableRepeat')]);
  return Object.fromEntries(entries.toSorted(([left], [right]) => Number(left) - Number(right)));
}

export const SECURITY_SCHEMES: Readonly<Record<string, Json>> = {
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Token <API key>`, as Peridio’s command line and SDKs send it.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: '`Bearer <API key>`.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'fleethook_session',
    description:
      'Of the console, which stands for the key that one signed in with. What is no GET must then carry `X-Fleethook-Console: 1`.',
  },
};

export const PARAMETERS: Readonly<Record<string, Json>> = {
  ApiVersion: {
    name: 'x-api-version',
    in: 'header',
    description: 'Taken for the sake of Peridio’s clients, and of no consequence.',
    schema: { type: 'string', examples: ['2'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'The same key with the same request, within 24 hours, is answered with the same reply and does nothing more.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
};
