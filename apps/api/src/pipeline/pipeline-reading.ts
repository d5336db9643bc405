import { recordsToGo, type GroupProgress } from '@fleethook/kafka';
import { retryDelayOf, TOPICS } from '@fleethook/messages';
import { maxJitterMs } from '@fleethook/retry';
import { HISTORY_GROUP, TIERS_GROUP } from './watched-groups.js';

/** How far every group has come, of all organizations together. */
export interface PipelineReading {
  /** The shortest delay first. */
  readonly tiers: readonly TierReading[];
  readonly lag: readonly LagReading[];
  readonly historyLagSeconds: number;
}

export interface TierReading {
  readonly tier: string;
  readonly waiting: number;
  readonly pastDueSeconds: number;
}

export interface LagReading {
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
}

/** Tells how old the oldest record is that a group is not done with; 0 when it is younger than `minMs`. */
export type OldestAge = (progress: GroupProgress, range: { minMs: number; maxMs: number }) => Promise<number>;

const DAY_MS = 86_400_000;
/** What was moved on is committed after half a second, and asked for a moment later. */
const COMMIT_NOISE_MS = 2_000;

export async function pipelineReading(
  progress: readonly GroupProgress[],
  oldestAge: OldestAge,
): Promise<PipelineReading> {
  const [tiers, historyLagSeconds] = await Promise.all([
    tierReadings(progress, oldestAge),
    historyLag(progress, oldestAge),
  ]);
  const lag = progress
    .filter(({ group }) => group !== TIERS_GROUP)
    .map((one) => ({
      group: one.group,
      topic: one.topic,
      partitions: one.partitions.length,
      records: recordsToGo(one),
    }));
  return { tiers, lag, historyLagSeconds };
}

/**
 * What lies in a tier is due its delay and its jitter after it was appended, and if it was told to come later by less than the shortest
 * tier, then; see `dueAt` in libs/retry. What it carries is not read here, so it counts as past due when it is for certain.
 */
async function tierReadings(progress: readonly GroupProgress[], oldestAge: OldestAge): Promise<TierReading[]> {
  const tiers = progress
    .flatMap((one) => {
      const delay = one.group === TIERS_GROUP ? retryDelayOf(one.topic) : undefined;
      return delay === undefined ? [] : [{ one, ...delay }];
    })
    .toSorted((one, other) => one.delayMs - other.delayMs);
  const graceMs = Math.max(COMMIT_NOISE_MS, tiers[0]?.delayMs ?? 0);
  return Promise.all(
    tiers.map(async ({ one, delayMs, label }) => {
      const dueMs = delayMs + maxJitterMs(delayMs);
      const ageMs = await oldestAge(one, { minMs: dueMs + graceMs, maxMs: dueMs + graceMs + 7 * DAY_MS });
      return { tier: label, waiting: recordsToGo(one), pastDueSeconds: seconds(ageMs - dueMs) };
    }),
  );
}

async function historyLag(progress: readonly GroupProgress[], oldestAge: OldestAge): Promise<number> {
  const attempts = progress.find(({ group, topic }) => group === HISTORY_GROUP && topic === TOPICS.attempts.name);
  if (attempts === undefined) return 0;
  return seconds(await oldestAge(attempts, { minMs: COMMIT_NOISE_MS, maxMs: 8 * DAY_MS }));
}

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1_000));
