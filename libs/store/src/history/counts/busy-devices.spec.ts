import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { Database } from '../../database.js';
import { HistoryPartitions } from '../history-partitions.js';
import { BusyDevices } from './busy-devices.js';

const ORGANIZATIONS = ['first', 'large', 'last'];
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 10, 12);

describe('looking through the days', () => {
  it('goes on with the others when the day of one organization takes too long, and comes back to that one alone', async () => {
    const asked: unknown[] = [];
    const query = (sql: string, [organization]: unknown[]): Promise<object[]> => {
      if (!sql.includes('INSERT'))
        return Promise.resolve(ORGANIZATIONS.map((one) => ({ organization: one, events: 3 })));
      asked.push(organization);
      return organization === 'large' ? Promise.reject(new Error('too long')) : Promise.resolve([{ device: 'd' }]);
    };
    const run = { value: (work: (manager: EntityManager) => unknown) => work({ query } as unknown as EntityManager) };
    const partitions = Object.create(HistoryPartitions.prototype, { has: { value: () => true } }) as HistoryPartitions;
    const busyDevices = new BusyDevices(Object.create(Database.prototype, { run }) as Database, partitions);

    const { noted, failures } = await busyDevices.note(NOW_MS, 30 * DAY_MS);
    expect(new Set(asked)).toEqual(new Set(ORGANIZATIONS));
    expect(noted).toBe(asked.length - failures.length);
    expect(failures).toContainEqual({ organization: 'large', error: new Error('too long') });

    asked.length = 0;
    await busyDevices.note(NOW_MS, 30 * DAY_MS);
    expect(new Set(asked)).toEqual(new Set(['large']));
  });

  it('makes no day that upkeep has dropped', async () => {
    const made: number[] = [];
    const partitions = Object.create(HistoryPartitions.prototype, {
      has: { value: () => false },
      make: { value: (_: string, day: number) => Promise.resolve(made.push(day)) },
    }) as HistoryPartitions;
    const run = { value: () => Promise.resolve([]) };
    const busyDevices = new BusyDevices(Object.create(Database.prototype, { run }) as Database, partitions);
    const today = Math.floor(NOW_MS / DAY_MS);
    await busyDevices.note(NOW_MS, DAY_MS);
    expect(made.splice(0)).toEqual([today - 1]);
    await busyDevices.note(NOW_MS, 30 * DAY_MS);
    expect(made).toEqual([today - 3, today - 2, today - 1]);
  });
});
