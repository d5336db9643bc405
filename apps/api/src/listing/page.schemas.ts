import { z } from 'zod';
import { decodeCursor, type Cursor } from './cursor.js';

const ORDERS = ['asc', 'desc'] as const;

const NO_CURSOR = 'is not a cursor from next_page';

const once = z.string('must be given once');

/** The parameters that every list has, as a form-encoded query brings them: texts, empty ones counting as left out. */
export const pageParameters = {
  limit: once
    .default('10')
    .transform((text) => (text === '' ? '10' : text))
    .refine(
      (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100,
      'must be a whole number from 1 to 100',
    )
    .transform(Number)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 10, description: 'How many at most' }),
  order: once
    .default('asc')
    .transform((text) => (text === '' ? 'asc' : text))
    .pipe(z.enum(ORDERS, 'must be asc or desc'))
    .meta({ enum: [...ORDERS], default: 'asc', description: 'Oldest first, or newest' }),
  page: once
    .optional()
    .transform((text, context): Cursor | undefined => {
      if (text === undefined || text === '') return undefined;
      const cursor = decodeCursor(text);
      if (cursor !== undefined) return cursor;
      context.addIssue({ code: 'custom', message: NO_CURSOR });
      return z.NEVER;
    })
    .meta({ description: 'Where to go on: `next_page` of the reply before' }),
};

/**
 * `page` of a list whose ids the database reads as more than texts: it could not read every other one that a client writes.
 * @param form a regular expression that a whole id fits
 */
export function pageAfter(form: string) {
  const pattern = new RegExp(`^(?:${form})$`);
  return pageParameters.page.refine((cursor) => cursor === undefined || pattern.test(cursor.id), NO_CURSOR);
}

/** Splits what was read with one row more than asked for: the row too many says that there is a next page. */
export function pageOf<T>(rows: readonly T[], limit: number): { rows: readonly T[]; last: T | undefined } {
  const hasMore = rows.length > limit;
  const page = rows.slice(0, limit);
  return { rows: page, last: hasMore ? page.at(-1) : undefined };
}
