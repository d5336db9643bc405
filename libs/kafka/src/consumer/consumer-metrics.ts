import type { Metrics } from '@fleethook/observability';
import type { AssignedPartitions } from './partitions/assigned-partitions.js';

/** Shows what a group counts before there is anything to count. */
export function startConsumerMetrics(metrics: Metrics, group: string): void {
  for (const counter of [metrics.recordsExpired, metrics.handlerFailures, metrics.foreignMetadata])
    counter.inc({ group }, 0);
  for (const restart of ['true', 'false']) metrics.kafkaCrashes.inc({ group, restart }, 0);
  for (const result of ['settled', 'abandoned']) metrics.zombies.inc({ group, result }, 0);
  for (const result of ['committed', 'failed', 'rejoin', 'metadata_too_large'])
    metrics.commits.inc({ group, result }, 0);
  for (const kind of ['fresh', 'released', 'grace']) metrics.handovers.inc({ group, kind }, 0);
}

/** Sets the gauges of one group from what its partitions hold now. @param nowMs by the clock that took the records */
export function sampleWindows(metrics: Metrics, group: string, partitions: AssignedPartitions, nowMs: number): void {
  let [records, bytes, span, settled, paused, ageMs, writtenAgeMs] = [0, 0, 0, 0, 0, 0, 0];
  const wallNowMs = Date.now();
  const { owned } = partitions;
  for (const partition of owned) {
    if (partition.isPaused) paused++;
    const { window } = partition;
    if (window === undefined) continue;
    records += window.openRecords;
    bytes += window.bytes;
    span = Math.max(span, window.span);
    settled += window.settledAhead;
    writtenAgeMs = Math.max(writtenAgeMs, wallNowMs - (window.oldestWrittenAtMs ?? wallNowMs));
    ageMs = Math.max(ageMs, nowMs - (window.oldestTakenAtMs ?? nowMs));
  }
  metrics.kafkaAssigned.set({ group }, owned.length);
  metrics.kafkaPaused.set({ group }, paused);
  metrics.windowRecords.set({ group }, records);
  metrics.windowBytes.set({ group }, bytes);
  metrics.windowSpan.set({ group }, span);
  metrics.windowSettled.set({ group }, settled);
  metrics.commitAge.set({ group }, ageMs / 1_000);
  metrics.oldestUnsettled.set({ group }, writtenAgeMs / 1_000);
}
