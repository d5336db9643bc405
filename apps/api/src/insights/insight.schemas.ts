import { z } from 'zod';
import { DELIVERY_DIMENSIONS, EVENT_DIMENSIONS } from '@fleethook/store';
import { pageParameters } from '../listing/page.schemas.js';
import { timestamp } from '../listing/reply-fields.js';

const HOUR_MS = 3_600_000;

export const WINDOWS = {
  '24h': { bucketMs: HOUR_MS, count: 24 },
  '7d': { bucketMs: 6 * HOUR_MS, count: 28 },
  '30d': { bucketMs: 24 * HOUR_MS, count: 30 },
} as const;

const WINDOW_NAMES = ['24h', '7d', '30d'] as const;
const window = z
  .string('must be given once')
  .default('24h')
  .transform((text) => (text === '' ? '24h' : text))
  .pipe(z.enum(WINDOW_NAMES, 'must be one of 24h, 7d, 30d'))
  .meta({ enum: [...WINDOW_NAMES], default: '24h', description: 'Back from now' });
const limit = pageParameters.limit.meta({ description: 'So many keys, the largest of the whole window' });

const by = <T extends readonly [string, ...string[]]>(dimensions: T) =>
  z.enum(dimensions, `must be one of ${dimensions.join(', ')}`);

export const EventInsightQuery = z.strictObject({ window, by: by(EVENT_DIMENSIONS), limit });
export type EventInsightQuery = z.infer<typeof EventInsightQuery>;

export const DeliveryInsightQuery = z.strictObject({ window, by: by(DELIVERY_DIMENSIONS), limit });
export type DeliveryInsightQuery = z.infer<typeof DeliveryInsightQuery>;

const insightOf = <T extends z.ZodRawShape>(count: z.ZodObject<T>, dimensions: readonly string[]) =>
  z.object({
    insight: z.object({
      window: z.enum(WINDOW_NAMES),
      by: z.enum(dimensions),
      bucket_seconds: z.int(),
      from: timestamp.meta({ description: 'The first bucket begins here' }),
      to: timestamp.meta({ description: 'The last bucket ends here, and is still being filled' }),
      totals: z.array(count).meta({ description: 'Largest first' }),
      buckets: z
        .array(z.object({ start: timestamp, counts: z.array(count) }))
        .meta({ description: 'Every bucket, also those without anything; keys without anything are left out' }),
    }),
  });

const key = z.string().meta({ description: 'A name of events or of an outcome, a PRN or a tag' });

/** Events are counted by the time that they bear. */
const EventCount = z.object({ key, events: z.int() }).meta({ id: 'EventCount' });
export const EventInsightReply = insightOf(EventCount, EVENT_DIMENSIONS);

/** Attempts are counted by when they began, retries included. */
const AttemptCount = z.object({ key, attempts: z.int(), delivered: z.int() }).meta({ id: 'AttemptCount' });
export const DeliveryInsightReply = insightOf(AttemptCount, DELIVERY_DIMENSIONS);
