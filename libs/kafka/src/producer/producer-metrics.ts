import { startAtZero, type Metrics } from '@fleethook/observability';

/** What a producer counts is there before it is counted, so that the first one is an increase. @param topics without the prefix */
export function startProducerMetrics(metrics: Metrics, topics: readonly string[]): void {
  metrics.producerMissing.inc(0);
  metrics.producerSplits.inc(0);
  startAtZero(metrics.producerFailures, 'topic', topics);
}
