export type { Log } from './log.js';
export { createLog, NestLog, type LogOptions } from './logger.js';
export { WideEvents, type WideFields } from './wide-events.js';
export { createMetrics, type Metrics } from './metrics.js';
export { METRIC_TABLE } from './metric-table.js';
export type { MetricSpec } from './metric.js';
export { Readiness, type ReadinessProbe } from './health/readiness.js';
export { LOG, METRICS } from './observability.tokens.js';
export { ObservabilityModule } from './observability.module.js';
