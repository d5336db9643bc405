import { z } from 'zod';
import { timestampOf } from '@fleethook/events';

const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** For the API's document. What is a good example hangs on what the moment is of. */
export const MOMENT_WORDS = { format: 'date-time', pattern: FORM.source };

/** A moment as Peridio's clients write it, and no other way: UTC, whole seconds. */
export const moment = z
  .string('must be given once, as a text')
  .meta(MOMENT_WORDS)
  .transform((text, context): Date => {
    const epochMs = FORM.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(epochMs) && timestampOf(epochMs) === text) return new Date(epochMs);
    context.addIssue({ code: 'custom', message: 'must be a moment like 2026-01-31T00:00:00Z' });
    return z.NEVER;
  });
