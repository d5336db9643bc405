import { timestampOf } from '@fleethook/events';
import type { BucketRange } from '@fleethook/store';
import { WINDOWS } from './insight.schemas.js';

export type Window = keyof typeof WINDOWS;

/** The buckets of a window that ends with the one that `nowMs` falls into; all begin at whole multiples of their width, UTC. */
export function bucketsOf(window: Window, nowMs: number): BucketRange {
  const { bucketMs, count } = WINDOWS[window];
  const last = Math.floor(nowMs / bucketMs) * bucketMs;
  return { from: new Date(last - (count - 1) * bucketMs), bucketMs, count };
}

interface Placed {
  readonly key: string;
  readonly at: Date;
}

export interface Arranged<C> {
  readonly bucket_seconds: number;
  readonly from: string;
  readonly to: string;
  readonly totals: C[];
  readonly buckets: { start: string; counts: C[] }[];
}

/**
 * Counts by bucket, and in all.
 * @param add two counts of one key
 * @param weigh the largest come first
 */
export function arrange<P extends Placed, C extends { key: string }>(
  range: BucketRange,
  counts: readonly P[],
  { view, add, weigh }: { view: (count: P) => C; add: (one: C, other: C) => C; weigh: (count: C) => number },
): Arranged<C> {
  const { from, bucketMs, count } = range;
  const totals = new Map<string, C>();
  const buckets = Array.from({ length: count }, (_, index) => ({
    start: timestampOf(from.getTime() + index * bucketMs),
    counts: [] as C[],
  }));
  for (const placed of counts) {
    const one = view(placed);
    buckets[(placed.at.getTime() - from.getTime()) / bucketMs]?.counts.push(one);
    const known = totals.get(one.key);
    totals.set(one.key, known === undefined ? one : add(known, one));
  }
  const order = (one: C, other: C): number => weigh(other) - weigh(one) || (one.key < other.key ? -1 : 1);
  return {
    bucket_seconds: bucketMs / 1_000,
    from: timestampOf(from.getTime()),
    to: timestampOf(from.getTime() + count * bucketMs),
    totals: [...totals.values()].toSorted(order),
    buckets: buckets.map(({ start, counts: unordered }) => ({ start, counts: unordered.toSorted(order) })),
  };
}
