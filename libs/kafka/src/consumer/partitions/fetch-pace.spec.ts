import { describe, expect, it } from '@jest/globals';
import { ManualScheduler, settled } from '../../window/manual-scheduler.js';
import { FetchPace } from './fetch-pace.js';

async function isOver(wait: Promise<void> | undefined): Promise<boolean> {
  const state = { over: wait === undefined };
  void wait?.then(() => (state.over = true));
  await settled();
  return state.over;
}

describe('the pace of fetching', () => {
  it('holds back a fetch that follows too soon, and no longer than the rest of the interval', async () => {
    const scheduler = new ManualScheduler();
    const pace = new FetchPace(10, scheduler);
    pace.noteFetch();
    await scheduler.advance(4);
    const wait = pace.next();
    await scheduler.advance(5);
    expect(await isOver(wait)).toBe(false);
    await scheduler.advance(1);
    expect(await isOver(wait)).toBe(true);
  });

  it('lets one that waited for its records long enough go on at once', async () => {
    const scheduler = new ManualScheduler();
    const pace = new FetchPace(10, scheduler);
    expect(pace.next()).toBeUndefined();
    pace.noteFetch();
    await scheduler.advance(10);
    expect(pace.next()).toBeUndefined();
  });

  it('lets all partitions of a fetch wait for the same moment', async () => {
    const scheduler = new ManualScheduler();
    const pace = new FetchPace(10, scheduler);
    pace.noteFetch();
    const first = pace.next();
    await scheduler.advance(6);
    const second = pace.next();
    await scheduler.advance(4);
    expect([await isOver(first), await isOver(second)]).toEqual([true, true]);
    expect(pace.next()).toBeUndefined();
  });
});
