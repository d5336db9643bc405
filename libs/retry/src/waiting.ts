import { maxJitterMs } from './jitter.js';
import { shortestDelay, type Schedule } from './schedule.js';
import { fittingTier } from './tier.js';

/** A record in a tier: when the broker appended it, and what it carries. */
export interface WaitingRecord {
  readonly appendedAtMs: number;
  readonly tierMs: number;
  readonly jitterMs: number | undefined;
  readonly notBeforeMs: number | undefined;
}

/**
 * When its tier is over, and what is left then is at most the shortest tier: so the time itself is waited for in place. Never later than the
 * tier, its full jitter and the shortest tier from now, whatever a header or a clock says.
 */
export function dueAt(schedule: Schedule, record: WaitingRecord, nowMs: number): number {
  const overMs = record.appendedAtMs + record.tierMs + Math.max(0, record.jitterMs ?? 0);
  const leftMs = (record.notBeforeMs ?? 0) - overMs;
  const dueMs = leftMs > 0 && leftMs < shortestDelay(schedule) ? overMs + leftMs : overMs;
  return Math.min(dueMs, nowMs + record.tierMs + maxJitterMs(record.tierMs) + shortestDelay(schedule));
}

/** Where a record goes whose tier is over: to the next tier that fits what is left of its time, or (undefined) to be sent. */
export function nextHop(schedule: Schedule, notBeforeMs: number | undefined, nowMs: number): number | undefined {
  return notBeforeMs === undefined ? undefined : fittingTier(schedule, notBeforeMs - nowMs);
}
