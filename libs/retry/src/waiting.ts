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

/** Whether less than the shortest tier is left of its own time: too little for a hop, so that it waits where it is. */
export function waitsInPlace(
  schedule: Schedule,
  notBeforeMs: number | undefined,
  nowMs: number,
): notBeforeMs is number {
  const leftMs = (notBeforeMs ?? 0) - nowMs;
  return leftMs > 0 && leftMs < shortestDelay(schedule);
}

/**
 * When its tier is over, and what is left then is at most the shortest tier: so the time itself is waited for in place. Never later than the
 * tier, its full jitter and the shortest tier from now, whatever a header or a clock says.
 */
export function dueAt(schedule: Schedule, record: WaitingRecord, nowMs: number): number {
  const overMs = record.appendedAtMs + record.tierMs + Math.max(0, record.jitterMs ?? 0);
  const { notBeforeMs } = record;
  const dueMs = waitsInPlace(schedule, notBeforeMs, overMs) ? notBeforeMs : overMs;
  return Math.min(dueMs, nowMs + record.tierMs + maxJitterMs(record.tierMs) + shortestDelay(schedule));
}

/** Where a record goes whose tier is over: to the next tier that fits what is left of its time, or (undefined) to be sent. */
export function nextHop(schedule: Schedule, notBeforeMs: number | undefined, nowMs: number): number | undefined {
  return notBeforeMs === undefined ? undefined : fittingTier(schedule, notBeforeMs - nowMs);
}
