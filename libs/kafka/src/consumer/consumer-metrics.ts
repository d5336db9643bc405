import type { Metrics } from '@fleethook/observability';
import type { AssignedPartitions } from './assigned-partitions.js';

/** Sets the gauges of one group from what its partitions hold now. @param nowMs by the clock that took the records */
export function sampleWindows(metrics: Metrics, group: string, partitions: AssignedPartitions, nowMs: number): void {
  let [records, bytes, span, paused, ageMs] = [0, 0, 0, 0, 0];
  const { owned } = partitions;
  for (const partition of owned) {
    if (partition.isPaused) paused++;
    const { window } = partition;
    if (window === undefined) continue;
    records += window.openRecords;
    bytes += window.bytes;
    span = Math.max(span, window.span);
    ageMs = Math.max(ageMs, nowMs - (window.oldestTakenAtMs ?? nowMs));
  }
  metrics.kafkaAssigned.set({ group }, owned.length);
  metrics.kafkaPaused.set({ group }, paused);
  metrics.windowRecords.set({ group }, records);
  metrics.windowBytes.set({ group }, bytes);
  metrics.windowSpan.set({ group }, span);
  metrics.commitAge.set({ group }, ageMs / 1_000);
}
