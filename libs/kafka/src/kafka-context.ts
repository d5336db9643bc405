import type { Log, Metrics, Readiness } from '@fleethook/observability';

/** Where the room reports what it does and whether it can work. */
export interface KafkaContext {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}
