import type { Sample } from './sample.js';

export interface Drift {
  readonly series: string;
  readonly before: number;
  readonly after: number;
  readonly isFlat: boolean;
}

/** What may rise by so much is flat: a process that has just started still compiles and fills its pools. */
const ALLOWED: readonly { readonly pattern: RegExp; readonly ratio: number; readonly margin: number }[] = [
  { pattern: / rss MiB$/, ratio: 1.1, margin: 16 },
  { pattern: / files$/, ratio: 1.1, margin: 10 },
  { pattern: / handles$/, ratio: 1.1, margin: 10 },
  { pattern: /^on the way$/, ratio: 1, margin: 500 },
];

/** Compares the medians of the second and the last quarter of every series that must stay flat. */
export function driftOf(samples: readonly Sample[]): Drift[] {
  const quarter = Math.floor(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  return Object.keys(samples[0] ?? {}).flatMap((series) => {
    const allowed = ALLOWED.find(({ pattern }) => pattern.test(series));
    if (allowed === undefined || quarter === 0) return [];
    const [before, after] = [medianOf(second, series), medianOf(last, series)];
    return [{ series, before, after, isFlat: after <= before * allowed.ratio + allowed.margin }];
  });
}

function medianOf(samples: readonly Sample[], series: string): number {
  const values = samples.map((sample) => sample[series] ?? 0).toSorted((one, other) => one - other);
  return values[Math.floor(values.length / 2)] ?? 0;
}
