import { describe, expect, it } from '@jest/globals';
import { BreakerQueries, BusyDevices, HistoryPartitions, RecentCounts } from '@fleethook/store';
import type { Log } from '@fleethook/observability';
import { HistoryUpkeepJob } from './history-upkeep.job.js';
import { KeptDays } from './kept-days.js';

const STEPS = ['partitions', 'busy devices', 'recent counts', 'breakers'] as const;
const ORGANIZATION = '00000000-0000-4000-8000-000000000001';

/** @returns the steps that were taken, and what was logged as failed, when some of them fail */
async function upkeep(failing: readonly string[]): Promise<{ taken: string[]; failed: object[] }> {
  const [taken, failed]: [string[], object[]] = [[], []];
  const step = <T>(name: string, result: T) => ({
    value: (): Promise<T> => {
      taken.push(name);
      return failing.includes(name) ? Promise.reject(new Error(name)) : Promise.resolve(result);
    },
  });
  const failures = [{ organization: ORGANIZATION, error: new Error('too large') }];
  const job = new HistoryUpkeepJob(
    Object.create(HistoryPartitions.prototype, {
      upkeep: step(STEPS[0], { made: [], dropped: [] }),
    }) as HistoryPartitions,
    Object.create(BusyDevices.prototype, { note: step(STEPS[1], { noted: 0, failures }) }) as BusyDevices,
    Object.create(RecentCounts.prototype, { prune: step(STEPS[2], 0) }) as RecentCounts,
    Object.create(BreakerQueries.prototype, { prune: step(STEPS[3], 0) }) as BreakerQueries,
    Object.create(KeptDays.prototype, { now: { value: () => ({ nowMs: 1, retentionMs: 1 }) } }) as KeptDays,
    { error: (line: object) => failed.push(line) } as unknown as Log,
  );
  await job.run();
  return { taken, failed };
}

describe('the upkeep of the history', () => {
  it.each(STEPS)('takes every step when %s fail, and says so', async (name) => {
    const { taken, failed } = await upkeep([name]);
    expect(taken).toEqual(STEPS);
    expect(failed).toContainEqual({ event: 'history.upkeep_failed', step: name, error: new Error(name) });
  });

  it('names the organization whose day could not be looked through', async () => {
    const { failed } = await upkeep([]);
    expect(failed).toEqual([
      {
        event: 'history.upkeep_failed',
        step: 'busy devices',
        organization: ORGANIZATION,
        error: new Error('too large'),
      },
    ]);
  });
});
