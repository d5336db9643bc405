import { z } from 'zod';
import { DELIVERY_DIMENSIONS, EVENT_DIMENSIONS } from '@fleethook/store';

const HOUR_MS = 3_600_000;

export const WINDOWS = {
  '24h': { bucketMs: HOUR_MS, count: 24 },
  '7d': { bucketMs: 6 * HOUR_MS, count: 28 },
  '30d': { bucketMs: 24 * HOUR_MS, count: 30 },
} as const;

const window = z.enum(['24h', '7d', '30d'], 'must be one of 24h, 7d, 30d').default('24h');
const DEFAULT_KEYS = '10';
const limit = z
  .string('must be given once')
  .default(DEFAULT_KEYS)
  .refine(
    (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100,
    'must be a whole number from 1 to 100',
  )
  .transform(Number);

const by = <T extends readonly [string, ...string[]]>(dimensions: T) =>
  z.enum(dimensions, `must be one of ${dimensions.join(', ')}`);

/** `limit`: so many keys, the largest of the whole window. */
export const EventInsightQuery = z.strictObject({ window, by: by(EVENT_DIMENSIONS), limit });
export type EventInsightQuery = z.infer<typeof EventInsightQuery>;

export const DeliveryInsightQuery = z.strictObject({ window, by: by(DELIVERY_DIMENSIONS), limit });
export type DeliveryInsightQuery = z.infer<typeof DeliveryInsightQuery>;

const insightOf = <T extends z.ZodRawShape>(count: z.ZodObject<T>, dimensions: readonly string[]) =>
  z.object({
    insight: z.object({
      window: z.enum(['24h', '7d', '30d']),
      by: z.enum(dimensions),
      bucket_seconds: z.int(),
      /** The first bucket begins at `from`; the last one ends at `to`, and is still being filled. */
      from: z.string(),
      to: z.string(),
      /** Largest first. */
      totals: z.array(count),
      /** Every bucket, also those without anything; keys without anything are left out. */
      buckets: z.array(z.object({ start: z.string(), counts: z.array(count) })),
    }),
  });

/** The key is an event name, a PRN or a tag. Events are counted by the time that they bear. */
const EventCount = z.object({ key: z.string(), events: z.int() });
export const EventInsightReply = insightOf(EventCount, EVENT_DIMENSIONS);

/** Attempts are counted by when they began, retries included. */
const AttemptCount = z.object({ key: z.string(), attempts: z.int(), delivered: z.int() });
export const DeliveryInsightReply = insightOf(AttemptCount, DELIVERY_DIMENSIONS);
