import { z } from 'zod';
import { isPrn, prnPattern, RESOURCE_TYPES, type Prn, type ResourceType } from '@fleethook/events';
import { TEXT_PATTERN } from '../openapi/patterns.js';
import { moment } from './moment.schema.js';
import { anyPrnPattern } from './reply-fields.js';

const MAX_FILTER_LENGTH = 256;

/** A form-encoded parameter without a value counts as left out. */
const given = (value: unknown): unknown => (value === '' ? undefined : value);

const text = z
  .string('must be given once')
  .max(MAX_FILTER_LENGTH, `must be at most ${MAX_FILTER_LENGTH} characters`)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be valid Unicode without NUL')
  .meta({ pattern: TEXT_PATTERN });

/** Compared as it is. */
export const textFilter = z.preprocess(given, text.optional());

const timeFilter = z.preprocess(given, moment.optional());

export function choiceFilter<T extends z.ZodEnum>(choices: T) {
  return z.preprocess(given, choices.optional());
}

/** A part of an event's name; hyphens are its older spelling. */
export const namePartFilter = z
  .preprocess(
    given,
    text
      .transform((value) => value.replaceAll('-', '_'))
      .refine((value) => /^[a-z][a-z0-9_]{0,63}$/.test(value), 'must be a part of an event name, such as device')
      .optional(),
  )
  .meta({ pattern: '^[a-z][a-z0-9_-]{0,63}$' });

/** The PRN of one type of resource. */
export function prnFilter<T extends Exclude<ResourceType, 'user'>>(type: T) {
  return z
    .preprocess(
      given,
      text
        .transform((value, context): Prn<T> => {
          if (isPrn(value, type)) return value;
          context.addIssue({ code: 'custom', message: `must be the PRN of a ${type}` });
          return z.NEVER;
        })
        .optional(),
    )
    .meta({ pattern: prnPattern(type) });
}

/** Any PRN. */
export const anyPrnFilter = z
  .preprocess(
    given,
    text.refine((value) => RESOURCE_TYPES.some((type) => isPrn(value, type)), 'must be a PRN').optional(),
  )
  .meta({ pattern: anyPrnPattern });

/** The two ends of a window, of lists and of the audit log. */
export const window = {
  inserted_at_gte: timeFilter.meta({ description: 'From this moment on', examples: ['2026-01-01T00:00:00Z'] }),
  inserted_at_lt: timeFilter.meta({ description: 'Before this moment', examples: ['2026-02-01T00:00:00Z'] }),
};

/** For `superRefine`: a window that ends before it begins is empty, and surely a mistake. */
export function beginsBeforeItEnds(
  query: { inserted_at_gte?: Date | undefined; inserted_at_lt?: Date | undefined },
  context: z.core.$RefinementCtx,
): void {
  const { inserted_at_gte: from, inserted_at_lt: to } = query;
  if (from === undefined || to === undefined || from < to) return;
  context.addIssue({ code: 'custom', path: ['inserted_at_gte'], message: 'must be before inserted_at_lt' });
}
