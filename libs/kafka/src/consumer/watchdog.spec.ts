import { describe, expect, it } from '@jest/globals';
import { ManualScheduler } from '../window/manual-scheduler.js';
import { Watchdog } from './watchdog.js';

function watch(groupState: () => Promise<string>) {
  const scheduler = new ManualScheduler();
  const hung: number[] = [];
  const watchdog = new Watchdog({
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 60_000,
    scheduler,
    groupState,
    onHung: (silentMs) => hung.push(silentMs),
  });
  watchdog.noteJoined();
  watchdog.start();
  return { scheduler, hung, watchdog };
}

describe('the watchdog', () => {
  it('has nothing to say while heartbeats come', async () => {
    const { scheduler, hung, watchdog } = watch(async () => 'Stable');
    for (let count = 0; count < 20; count++) {
      await scheduler.advance(10_000);
      watchdog.noteHeartbeat();
    }
    expect([hung, watchdog.reason]).toEqual([[], undefined]);
  });

  it('finds a consumer that is silent while the group is well', async () => {
    const { scheduler, hung, watchdog } = watch(async () => 'Stable');
    await scheduler.advance(29_000);
    expect(hung).toEqual([]);
    await scheduler.advance(10_000);
    expect(hung[0]).toBeGreaterThan(30_000);
    expect(watchdog.reason).toMatch(/last heartbeat 39 s ago/);
  });

  it('leaves it alone while Kafka does not answer, but does not call it ready', async () => {
    const { scheduler, hung, watchdog } = watch(async () => {
      throw new Error('ECONNREFUSED');
    });
    await scheduler.advance(600_000);
    expect(hung).toEqual([]);
    expect(watchdog.reason).toMatch(/last heartbeat/);
  });

  it('gives a consumer time to come back after Kafka was away', async () => {
    let isAway = true;
    const { scheduler, hung } = watch(async () => {
      if (isAway) throw new Error('ECONNREFUSED');
      return 'Stable';
    });
    await scheduler.advance(300_000);
    isAway = false;
    await scheduler.advance(14_000);
    expect(hung).toEqual([]);
    await scheduler.advance(30_000);
    expect(hung.length).toBeGreaterThan(0);
  });

  it('gives a rebalance its time', async () => {
    const { scheduler, hung } = watch(async () => 'PreparingRebalance');
    await scheduler.advance(85_000);
    expect(hung).toEqual([]);
    await scheduler.advance(20_000);
    expect(hung.length).toBeGreaterThan(0);
  });

  it('is quiet once it is stopped, and says that a member without a group is none', async () => {
    const { scheduler, hung, watchdog } = watch(async () => 'Stable');
    watchdog.noteLeft();
    expect(watchdog.reason).toMatch(/not joined/);
    watchdog.stop();
    await scheduler.advance(600_000);
    expect(hung).toEqual([]);
  });
});
