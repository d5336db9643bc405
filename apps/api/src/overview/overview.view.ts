import type { z } from 'zod';
import { timestampOf } from '@fleethook/events';
import type { BucketCounts, BucketRange, UnfinishedCounts, WebhookCounts } from '@fleethook/store';
import { PERIODS, type OverviewReply, type Period } from './overview.schemas.js';

type Overview = z.infer<typeof OverviewReply>['data'];

/** The buckets of a period that ends with the one that `nowMs` falls into; all begin at whole multiples of their width, UTC. */
export function rangeOf(period: Period, nowMs: number): BucketRange {
  const { bucketMs, count } = PERIODS[period];
  const last = Math.floor(nowMs / bucketMs) * bucketMs;
  return { from: new Date(last - (count - 1) * bucketMs), bucketMs, count };
}

export interface Counted {
  readonly buckets: readonly BucketCounts[];
  readonly unfinished: UnfinishedCounts;
  readonly webhooks: WebhookCounts;
}

export function overviewView(period: Period, range: BucketRange, counted: Counted, nowMs: number): Overview {
  const { from, bucketMs, count } = range;
  const byStart = new Map(counted.buckets.map((bucket) => [bucket.at.getTime(), bucket]));
  const buckets = Array.from({ length: count }, (_, index) => {
    const startMs = from.getTime() + index * bucketMs;
    const { events = 0, succeeded = 0, failed = 0 } = byStart.get(startMs) ?? {};
    return { start: timestampOf(startMs), events, succeeded, failed };
  });
  const total = (what: 'events' | 'succeeded' | 'failed'): number =>
    buckets.reduce((sum, bucket) => sum + bucket[what], 0);
  const { dead, waiting } = counted.unfinished;
  const [succeeded, failed] = [total('succeeded'), total('failed')];
  return {
    period,
    bucket_seconds: bucketMs / 1_000,
    generated_at: timestampOf(nowMs),
    totals: {
      events: total('events'),
      deliveries: succeeded + dead + waiting,
      succeeded,
      failed,
      dead,
      success_ratio: successRatio(succeeded, failed),
    },
    buckets,
    webhooks: counted.webhooks,
  };
}

/** Null without any attempt. */
export function successRatio(succeeded: number, failed: number): number | null {
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed);
}
