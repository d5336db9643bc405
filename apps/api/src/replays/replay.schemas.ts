import { z } from 'zod';
import { isPrn, normaliseEventName, prnPattern, type EventName, type Prn } from '@fleethook/events';
import { EventFilterField } from '@fleethook/matching';
import { DEAD_REASONS, TOPICS } from '@fleethook/messages';
import { choiceFilter, prnFilter } from '../listing/filter.schemas.js';
import { MOMENT_WORDS } from '../listing/moment.schema.js';
import { pageParameters } from '../listing/page.schemas.js';
import { DeadReason, ReplayState, RequestedReplaySource, UndeliveredStatus } from '../openapi/named-values.js';
import { EVENT_NAME_PATTERN } from '../openapi/patterns.js';
import { DEFAULT_RATE_PER_SECOND, MAX_RATE_PER_SECOND } from './replay-limits.js';

const DAY_MS = 86_400_000;
/** How long the history is kept, unless the operator says otherwise. */
const HISTORY_RETENTION_MS = 30 * DAY_MS;
/** How far back a window can reach. */
const RETENTION_MS = { log: TOPICS.events.retentionMs, failed: HISTORY_RETENTION_MS } as const;

const MAX_NAMES = 100;
const MAX_DEVICES = 1_000;
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** Of clients' clocks. */
const CLOCK_SKEW_MS = 60_000;

const time = z
  .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be a date-time') })
  .meta(MOMENT_WORDS)
  .transform((text, context): Date => {
    const date = new Date(WHOLE_SECONDS.test(text) ? text : Number.NaN);
    // The language takes 30 February for 2 March.
    if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text.slice(0, -1))) {
      context.addIssue({ code: 'custom', message: 'must be a date-time such as 2026-01-31T12:00:00Z' });
      return z.NEVER;
    }
    if (date.getTime() > Date.now() + CLOCK_SKEW_MS)
      context.addIssue({ code: 'custom', message: 'must not be in the future' });
    return date;
  });

const filter = z
  .strictObject(
    {
      enabled_events: z
        .array(
          z
            .string('must be names of events')
            .meta({ pattern: EVENT_NAME_PATTERN })
            .transform((text, context): EventName => {
              const name = normaliseEventName(text);
              if (name !== undefined) return name;
              context.addIssue({
                code: 'custom',
                message: `${JSON.stringify(text.slice(0, 128))} is not the name of an event`,
              });
              return z.NEVER;
            }),
          'must be a list of names of events',
        )
        .min(1, 'must name at least one event')
        .max(MAX_NAMES, `must be at most ${MAX_NAMES} names`)
        .optional()
        .meta({ description: 'Names of events; of the log, unless told otherwise, what the webhook subscribes to' }),
      device_prns: z
        .array(
          z
            .custom<Prn<'device'>>(
              (text) => typeof text === 'string' && isPrn(text, 'device'),
              'must be PRNs of devices',
            )
            .meta({ type: 'string', pattern: prnPattern('device') }),
          'must be a list of PRNs',
        )
        .min(1, 'must name at least one device')
        .max(MAX_DEVICES, `must be at most ${MAX_DEVICES} PRNs`)
        .optional(),
      /** As a webhook's: narrows what that lets through. */
      match: EventFilterField.optional(),
      statuses: z
        .array(UndeliveredStatus, 'must be a list')
        .min(1, 'must name at least one status')
        .max(2, 'must be at most 2')
        .optional()
        .meta({ description: 'Of the source `failed`; `failed` unless told otherwise' }),
      dead_reasons: z
        .array(DeadReason, 'must be a list of reasons')
        .min(1, 'must name at least one reason')
        .max(DEAD_REASONS.length, `must be at most ${DEAD_REASONS.length}`)
        .optional()
        .meta({ description: 'Of the source `failed`, and of the status `failed`' }),
    },
    'must be an object',
  )
  .default({});

const source = RequestedReplaySource.default('log').meta({
  description: 'Everything in the log, or the deliveries of the webhook that did not arrive',
});

/** Rules over several fields are told beside what is wrong with single ones, as far as the fields they need are right. */
const withWhole = (...fields: readonly string[]) => ({
  when: ({ value, issues }: z.core.ParsePayload): boolean =>
    typeof value === 'object' &&
    value !== null &&
    fields.every((field) => field in value && !issues.some(({ path }) => path?.[0] === field)),
});

export const CreateReplay = z
  .strictObject(
    {
      webhook_prn: z
        .custom<Prn<'webhook'>>((text) => typeof text === 'string' && isPrn(text, 'webhook'), {
          error: (issue) => (issue.input === undefined ? 'is required' : 'must be the PRN of a webhook'),
        })
        .meta({ type: 'string', pattern: prnPattern('webhook') }),
      from: time.meta({ description: 'Of the times at which events were accepted' }),
      to: time.optional().meta({ description: 'Exclusive; left out: now' }),
      source,
      filter,
      rate_per_second: z
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(MAX_RATE_PER_SECOND, `must be at most ${MAX_RATE_PER_SECOND}`)
        .default(DEFAULT_RATE_PER_SECOND),
      dry_run: z.boolean('must be true or false').default(false),
    },
    'must be a JSON object',
  )
  .refine(({ from, to }) => to === undefined || from < to, {
    path: ['to'],
    error: 'must be after from',
    ...withWhole('from', 'to'),
  })
  .refine((value) => value.from.getTime() >= Date.now() - RETENTION_MS[value.source], {
    path: ['from'],
    error: ({ input }) => `must be within the last ${retentionDays(input)} days: no more is kept`,
    ...withWhole('from', 'source'),
  })
  .refine((value) => value.source === 'failed' || (value.filter.statuses ?? value.filter.dead_reasons) === undefined, {
    path: ['filter'],
    error: 'statuses and dead_reasons are of the source failed',
    ...withWhole('source', 'filter'),
  })
  .refine(
    ({ filter: { statuses, dead_reasons } }) => dead_reasons === undefined || statuses?.includes('failed') !== false,
    {
      path: ['filter'],
      error: 'dead_reasons go with the status failed',
      ...withWhole('filter'),
    },
  );
export type CreateReplay = z.infer<typeof CreateReplay>;

function retentionDays(input: unknown): number {
  const of = (input as { source?: keyof typeof RETENTION_MS }).source ?? 'log';
  return RETENTION_MS[of] / DAY_MS;
}

export const ListReplays = z.strictObject({
  ...pageParameters,
  state: choiceFilter(ReplayState),
  webhook_prn: prnFilter('webhook'),
});
export type ListReplays = z.infer<typeof ListReplays>;
