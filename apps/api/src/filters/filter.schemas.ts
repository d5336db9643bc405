import { z } from 'zod';
import {
  isDeeperThan,
  isPrn,
  MAX_DEPTH,
  normaliseEventName,
  normaliseTimestamp,
  prnPattern,
  type Prn,
} from '@fleethook/events';
import { EventFilterField } from '@fleethook/matching';
import { CATEGORY_PATTERN, SUBTYPE_PATTERN, UTC_TIME_PATTERN } from '../openapi/patterns.js';

const text = z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a text') });
const required = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? 'is required' : `must be ${what}`;

/** As the intake keeps it: a filter sees whole seconds. */
const insertedAt = text.meta({ format: 'date-time', pattern: UTC_TIME_PATTERN }).transform((given, context): string => {
  const kept = normaliseTimestamp(given);
  if (kept !== undefined) return kept;
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 time in UTC, such as 2026-01-01T00:00:00Z' });
  return z.NEVER;
});

/** With whatever names it has: a record of the schema language leaves `__proto__` out. */
const payload = z
  .custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: required('an object'),
  })
  .meta({ type: 'object', additionalProperties: {} });

/** An event as a producer sends it, or as `GET /events` shows it: what that adds is passed over. Its payload may be anything, as deep as intake takes it. */
const SampleEvent = z
  .strictObject(
    {
      version: z.literal(1, 'must be 1').optional(),
      prn: text.optional(),
      type: text.meta({ pattern: CATEGORY_PATTERN }),
      inserted_at: insertedAt.optional(),
      data: z.strictObject(
        { type: text.meta({ pattern: SUBTYPE_PATTERN }), data: payload },
        { error: required('an object with type and data') },
      ),
      actor_prn: z.unknown().optional(),
      resource_prn: z.unknown().optional(),
      event_subtype: z.unknown().optional(),
    },
    { error: required('an event, an object with type and data') },
  )
  // The reply shows what it found in the event.
  .refine((event) => !isDeeperThan(event, MAX_DEPTH), `must not be nested deeper than ${MAX_DEPTH} levels`)
  .transform(({ version = 1, prn, type, inserted_at, data }, context) => {
    const name = normaliseEventName(`${type}.${data.type}`);
    if (name !== undefined) return { name, version, prn, inserted_at, data: data.data };
    context.addIssue({
      code: 'custom',
      path: ['type'],
      message: 'makes no name such as device.connected with data.type',
    });
    return z.NEVER;
  });
export type SampleEvent = z.infer<typeof SampleEvent>;

const which = {
  event: SampleEvent.optional().meta({ description: 'As a producer sends it; else give `event_prn`' }),
  event_prn: z
    .string('must be a PRN')
    .refine((prn): prn is Prn<'event'> => isPrn(prn, 'event'), 'must be the PRN of an event')
    .optional()
    .meta({ pattern: prnPattern('event'), description: 'One that came, and is still kept; else give `event`' }),
};

/** The event to test with: one that is given, or one that came. */
export type TestedEvent =
  { readonly kind: 'given'; readonly event: SampleEvent } | { readonly kind: 'stored'; readonly prn: Prn<'event'> };

type Which = { event?: SampleEvent | undefined; event_prn?: Prn<'event'> | undefined };

function testedEvent({ event, event_prn }: Which, context: z.core.$RefinementCtx): TestedEvent {
  if (event !== undefined && event_prn === undefined) return { kind: 'given', event };
  if (event_prn !== undefined && event === undefined) return { kind: 'stored', prn: event_prn };
  const message = event === undefined ? 'is required, or event_prn in its place' : 'does not go with event_prn';
  context.addIssue({ code: 'custom', path: ['event'], message });
  return z.NEVER;
}

const body = 'must be a JSON object';
const ONE_OF_BOTH = { oneOf: [{ required: ['event'] }, { required: ['event_prn'] }] };
export const TestWebhookFilter = z.strictObject(which, body).meta(ONE_OF_BOTH).transform(testedEvent);
export const TestFilter = z
  .strictObject({ filter: EventFilterField, ...which }, body)
  .meta(ONE_OF_BOTH)
  .transform(({ filter, ...rest }, context) => ({ filter, tested: testedEvent(rest, context) }));
export type TestFilter = z.infer<typeof TestFilter>;

export const FilterTestReply = z.object({
  matches: z.boolean().meta({ description: 'Whether the filter lets the event through; true without a filter' }),
  decided_by: z
    .object({
      path: z.string(),
      condition: z.record(z.string(), z.unknown()),
      value: z.unknown().optional().meta({
        description: 'What the event has there; missing when it has nothing there, or when no clause decided alone',
      }),
    })
    .nullable()
    .meta({ description: 'The clause on which it hung; null without a filter' }),
  subscribed: z.boolean().nullable().meta({
    description: 'Whether the webhook is enabled and names the event; null where no webhook is asked about',
  }),
});
export type FilterTestReply = z.infer<typeof FilterTestReply>;
