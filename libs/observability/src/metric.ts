/** How one metric is described in the table; `createMetrics` makes it real on first use. */
export interface MetricSpec<L extends string = string> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  /** What it says, and when to worry. */
  readonly help: string;
  readonly labels: readonly L[];
  readonly buckets?: readonly number[];
}

type Described<T extends MetricSpec['type'], L extends string> = MetricSpec<L> & { readonly type: T };

export function counter<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): Described<'counter', L> {
  return { type: 'counter', name, help, labels };
}

export function gauge<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): Described<'gauge', L> {
  return { type: 'gauge', name, help, labels };
}

export function histogram<const L extends string = never>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: readonly L[] = [],
): Described<'histogram', L> {
  return { type: 'histogram', name, help, labels, buckets };
}
