import { z } from 'zod';
import {
  catalogue,
  isDeeperThan,
  isWellFormedJson,
  MAX_DEPTH,
  normaliseEventName,
  readSchema,
  schemaSentences,
  type EventName,
  type JsonObject,
  type JsonSchema,
  type PayloadCheck,
} from '@fleethook/events';
import { choiceFilter } from '../listing/filter.schemas.js';
import { pageParameters } from '../listing/page.schemas.js';
import { nextPage, timestamp } from '../listing/reply-fields.js';
import { EventTypeSource } from '../openapi/named-values.js';
import { EVENT_NAME_PATTERN, TEXT_PATTERN } from '../openapi/patterns.js';

const MAX_DESCRIPTION_LENGTH = 1_024;
const MAX_EXAMPLE_BYTES = 16 * 1_024;
/** The payload is the third level of an event. */
const MAX_EXAMPLE_DEPTH = MAX_DEPTH - 2;
const BODY = 'must be a JSON object';

const missingOr = (message: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : message),
});

const name = z
  .string(missingOr('must be a text'))
  .transform((text, context): EventName => {
    const found = normaliseEventName(text);
    if (found !== undefined && !catalogue.has(found)) return found;
    context.addIssue({
      code: 'custom',
      message:
        found === undefined
          ? 'must be a category and an event, such as door.opened: lower case, digits and underscores, at most 64 each'
          : `${found} is shipped and cannot be registered`,
    });
    return z.NEVER;
  })
  .meta({
    pattern: EVENT_NAME_PATTERN,
    description: 'Category and event; hyphens are read as underscores',
    examples: ['door.opened'],
  });

/** PostgreSQL's texts know no NUL, and half a surrogate pair is no character. */
const description = z
  .string(missingOr('must be a text'))
  .min(1, 'must not be empty')
  .max(MAX_DESCRIPTION_LENGTH, `must be at most ${MAX_DESCRIPTION_LENGTH} characters`)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be valid Unicode without NUL')
  .meta({ pattern: TEXT_PATTERN });

/** Not a record of zod's: that would lose a property called `__proto__`. */
const jsonObject = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), missingOr(BODY))
  .refine(isWellFormedJson, { error: 'must be valid Unicode: it holds half of a surrogate pair', abort: true });

/** A schema, and what it became: compiling takes some milliseconds. */
export interface CheckedSchema {
  readonly json: JsonSchema;
  readonly check: PayloadCheck;
}

const schema = jsonObject
  .transform((json, context): CheckedSchema => {
    const reading = readSchema(json);
    if (reading.kind === 'usable') return { json, check: reading.check };
    for (const message of schemaSentences(reading.faults)) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .meta({
    type: 'object',
    description:
      'JSON Schema, draft 2020-12, of the payload (`data.data`): self-contained, at most 32 KiB, patterns without look-around and back-references',
  });

const example = jsonObject
  .refine((json) => !isDeeperThan(json, MAX_EXAMPLE_DEPTH), {
    error: `must not be nested deeper than ${MAX_EXAMPLE_DEPTH} levels`,
    abort: true,
  })
  .refine(
    (json) => Buffer.byteLength(JSON.stringify(json)) <= MAX_EXAMPLE_BYTES,
    `must be at most ${MAX_EXAMPLE_BYTES} bytes`,
  )
  .meta({ type: 'object', description: 'A payload that fits the schema, at most 16 KiB' });

export const RegisterEventType = z
  .strictObject({ name, description, schema, example }, BODY)
  .superRefine((input, context) => {
    for (const message of exampleFaults(input.schema.check, input.example))
      context.addIssue({ code: 'custom', path: ['example'], message });
  });
export type RegisterEventType = z.infer<typeof RegisterEventType>;

export const UpdateEventType = z.strictObject(
  { description: description.optional(), schema: schema.optional(), example: example.optional() },
  BODY,
);
export type UpdateEventType = z.infer<typeof UpdateEventType>;

/** Why an example does not fit, each with its place in the example. */
export function exampleFaults(check: PayloadCheck, json: JsonObject): string[] {
  return Object.entries(check(json) ?? {}).flatMap(([pointer, messages]) => {
    const place = pointer.slice('/data/data'.length);
    return messages.map((message) => `${place === '' ? 'as a whole' : place} ${message}`);
  });
}

const once = z.string('must be given once');

/** In the order of their names. */
export const ListEventTypes = z.strictObject({
  limit: pageParameters.limit,
  order: pageParameters.order.meta({ enum: ['asc', 'desc'], default: 'asc', description: 'By name' }),
  page: pageParameters.page,
  category: once
    .optional()
    .transform((text) => (text === '' ? undefined : text))
    .pipe(
      z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a category, such as device')
        .optional(),
    )
    .meta({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'The half of the name before the point' }),
  source: choiceFilter(EventTypeSource).meta({
    description: 'Those that come with the platform, or those that the organization registered',
  }),
});
export type ListEventTypes = z.infer<typeof ListEventTypes>;

const EventType = z
  .object({
    name: z.string(),
    description: z.string(),
    source: EventTypeSource,
    deliverable: z.boolean().meta({ description: 'False: a record only, neither taken in nor sent' }),
    schema: z.record(z.string(), z.unknown()),
    example: z.record(z.string(), z.unknown()),
    inserted_at: timestamp.nullable().meta({ description: 'Null of shipped ones' }),
    updated_at: timestamp.nullable().meta({ description: 'Null of shipped ones' }),
  })
  .meta({ id: 'EventType' });
export type EventTypeView = z.infer<typeof EventType>;

export const EventTypeReply = z.object({ event_type: EventType });
export type EventTypeReply = z.infer<typeof EventTypeReply>;
export const EventTypesReply = z.object({ event_types: z.array(EventType), next_page: nextPage });
export type EventTypesReply = z.infer<typeof EventTypesReply>;
