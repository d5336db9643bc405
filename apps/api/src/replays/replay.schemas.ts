import { Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { isPrn, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import { EventFilterField } from '@fleethook/matching';
import { DEAD_REASONS, TOPICS } from '@fleethook/messages';
import { REPLAY_STATES } from '@fleethook/store';
import { parsed } from '../errors/parsed.js';
import { pageParameters } from '../listing/page.schemas.js';
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
          z.string('enabled_events must be names of events').transform((text, context): EventName => {
            const name = normaliseEventName(text);
            if (name !== undefined) return name;
            context.addIssue({
              code: 'custom',
              message: `${JSON.stringify(text.slice(0, 128))} is not the name of an event`,
            });
            return z.NEVER;
          }),
          'enabled_events must be a list of names of events',
        )
        .min(1, 'enabled_events must name at least one event')
        .max(MAX_NAMES, `enabled_events must be at most ${MAX_NAMES} names`)
        .optional(),
      device_prns: z
        .array(
          z.custom<Prn<'device'>>(
            (text) => typeof text === 'string' && isPrn(text, 'device'),
            'device_prns must be PRNs of devices',
          ),
          'device_prns must be a list of PRNs',
        )
        .min(1, 'device_prns must name at least one device')
        .max(MAX_DEVICES, `device_prns must be at most ${MAX_DEVICES} PRNs`)
        .optional(),
      /** As a webhook's: narrows what that lets through. */
      match: EventFilterField.optional(),
      statuses: z
        .array(z.enum(['failed', 'pending'], 'statuses must be failed, pending'), 'statuses must be a list')
        .min(1, 'statuses must name at least one status')
        .max(2, 'statuses must be at most 2')
        .optional(),
      dead_reasons: z
        .array(
          z.enum(DEAD_REASONS, `dead_reasons must be of ${DEAD_REASONS.join(', ')}`),
          'dead_reasons must be a list of reasons',
        )
        .min(1, 'dead_reasons must name at least one reason')
        .max(DEAD_REASONS.length, `dead_reasons must be at most ${DEAD_REASONS.length}`)
        .optional(),
    },
    'must be an object',
  )
  .default({});

const source = z.enum(['log', 'failed'], 'must be log or failed').default('log');

/** Rules over several fields are told beside what is wrong with single ones, as far as the fields they need are right. */
const withWhole = (...fields: readonly string[]) => ({
  when: ({ value }: { value: unknown }): boolean =>
    typeof value === 'object' && value !== null && fields.every((field) => field in value),
});
const isTime = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

const CreateReplay = z
  .strictObject(
    {
      webhook_prn: z.custom<Prn<'webhook'>>((text) => typeof text === 'string' && isPrn(text, 'webhook'), {
        error: (issue) => (issue.input === undefined ? 'is required' : 'must be the PRN of a webhook'),
      }),
      from: time,
      /** Exclusive; left out: now. */
      to: time.optional(),
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
  .refine(({ from, to }) => !isTime(from) || !isTime(to) || from < to, {
    path: ['to'],
    error: 'must be after from',
    ...withWhole('from'),
  })
  .refine((value) => !isTime(value.from) || value.from.getTime() >= Date.now() - RETENTION_MS[value.source], {
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

const ListReplays = z.object({
  ...pageParameters,
  state: z
    .string('must be given once')
    .optional()
    .transform((text) => (text === '' ? undefined : text))
    .pipe(z.enum(REPLAY_STATES, `must be one of ${REPLAY_STATES.join(', ')}`).optional()),
  webhook_prn: z.string('must be given once').optional(),
});
export type ListReplays = z.infer<typeof ListReplays>;

@Injectable()
export class CreateReplayPipe implements PipeTransform<unknown, CreateReplay> {
  transform(value: unknown): CreateReplay {
    return parsed(CreateReplay, value);
  }
}

@Injectable()
export class ListReplaysPipe implements PipeTransform<unknown, ListReplays> {
  transform(value: unknown): ListReplays {
    return parsed(ListReplays, value);
  }
}
