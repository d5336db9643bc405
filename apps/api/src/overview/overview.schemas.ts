import { z } from 'zod';
import { timestamp } from '../listing/reply-fields.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How a period is cut into buckets. */
export const PERIODS = {
  '1h': { bucketMs: 5 * MINUTE_MS, count: 12 },
  '24h': { bucketMs: HOUR_MS, count: 24 },
  '7d': { bucketMs: 6 * HOUR_MS, count: 28 },
  '30d': { bucketMs: 24 * HOUR_MS, count: 30 },
} as const;
export type Period = keyof typeof PERIODS;

const PERIOD_NAMES = ['1h', '24h', '7d', '30d'] as const satisfies readonly Period[];

export const OverviewQuery = z.strictObject({
  period: z
    .string('must be given once')
    .default('24h')
    .transform((text) => (text === '' ? '24h' : text))
    .pipe(z.enum(PERIOD_NAMES, `must be one of ${PERIOD_NAMES.join(', ')}`))
    .meta({ enum: [...PERIOD_NAMES], default: '24h', description: 'Back from now' }),
});
export type OverviewQuery = z.infer<typeof OverviewQuery>;

const count = z.int().min(0);
const attempts = { succeeded: count, failed: count };
const ratio = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: 'Of all attempts those that delivered; null without any' });

export const OverviewReply = z.object({
  data: z
    .object({
      period: z.enum(PERIOD_NAMES),
      bucket_seconds: z.int(),
      generated_at: timestamp,
      totals: z.object({
        events: count.meta({ description: 'By the time that they bear; of `1h` by when they were accepted' }),
        deliveries: count.meta({ description: 'That were delivered, were given up, or wait to be tried again' }),
        succeeded: count.meta({ description: 'Attempts that delivered' }),
        failed: count.meta({ description: 'Attempts that did not' }),
        dead: count.meta({
          description: 'Deliveries of events of the period that were given up; counting ends at 100000',
        }),
        success_ratio: ratio,
      }),
      buckets: z
        .array(z.object({ start: timestamp, events: count, ...attempts }))
        .meta({ description: 'Every bucket, oldest first; the last one is still being filled' }),
      webhooks: z.object({
        enabled: count,
        disabled: count,
        failing: count.meta({ description: 'Enabled, and their endpoint fails' }),
      }),
    })
    .meta({ id: 'Overview' }),
});
