import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRIC_TABLE } from './metric-table.js';
import type { MetricSpec } from './metric.js';

type MetricOf<S> =
  S extends MetricSpec<infer L>
    ? S extends { type: 'counter' }
      ? Counter<L>
      : S extends { type: 'gauge' }
        ? Gauge<L>
        : Histogram<L>
    : never;

/** The metrics of one process, each made when it is first asked for; `registry` prints them. */
export type Metrics = { readonly registry: Registry } & {
  readonly [K in keyof typeof METRIC_TABLE]: MetricOf<(typeof METRIC_TABLE)[K]>;
};

/** @param options.process also collect Node's own: once per process, so not in specs */
export function createMetrics(options: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process === true) collectDefaultMetrics({ register: registry, prefix: 'fleethook_' });
  const metrics = { registry };
  for (const [key, spec] of Object.entries(METRIC_TABLE)) {
    let made: Counter | Gauge | Histogram | undefined;
    Object.defineProperty(metrics, key, { enumerable: true, get: () => (made ??= make(spec, registry)) });
  }
  return metrics as Metrics;
}

function make(spec: MetricSpec, registry: Registry): Counter | Gauge | Histogram {
  const options = { name: spec.name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  switch (spec.type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] });
  }
}
