import type { Counter } from 'prom-client';

/**
 * Makes a counter show 0 for every label value that it can have. One that appears with its first count cannot be told from one that was
 * there all along, so Prometheus would not see that count as an increase.
 */
export function startAtZero<L extends string>(counter: Counter<L>, label: L, values: readonly string[]): void {
  for (const value of values) counter.inc({ [label]: value } as Partial<Record<L, string>>, 0);
}
