import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import type { ConfigMessage } from '@fleethook/messages';
import { ConfigArrival } from './config-arrival.js';
import { ConfigView } from './config-view.js';

const GRACE_MS = 150;
const BOUND_MS = 3_000;
const LONGEST_GRACE_MS = 1_000;
const STEP_MS = 50;

const organization = newOrganizationPrn();
const prn = newPrn(organization, 'api_key');
const message = (version: number): ConfigMessage => ({
  v: 1,
  kind: 'api_key',
  version,
  prn,
  organization,
  hash: 'h',
  scopes: ['publish'],
});

/** @returns for how long, in steps of 50 ms */
async function lasts(wait: Promise<void>): Promise<number> {
  const ended = jest.fn();
  void wait.then(ended);
  let elapsedMs = 0;
  for (await jest.advanceTimersByTimeAsync(0); ended.mock.calls.length === 0; elapsedMs += STEP_MS)
    await jest.advanceTimersByTimeAsync(STEP_MS);
  return elapsedMs;
}

describe('the wait for a change', () => {
  let view: ConfigView;

  beforeEach(() => {
    jest.useFakeTimers();
    view = new ConfigView();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const arrival = (isFollowing = true): ConfigArrival => new ConfigArrival(view, { isFollowing });

  it('ends a moment after it came, as it was stored or newer', async () => {
    view.set(prn, message(1));
    const wait = arrival().of(prn, 2);
    await jest.advanceTimersByTimeAsync(60);
    view.set(prn, message(1));
    await jest.advanceTimersByTimeAsync(40);
    view.set(prn, message(3));
    expect(await lasts(wait)).toBe(GRACE_MS);
  });

  it('gives the others their moment even when it was there first', async () => {
    view.set(prn, message(2));
    expect(await lasts(arrival().of(prn, 2))).toBe(GRACE_MS);
  });

  it.each([
    [400, 400],
    [2_000, LONGEST_GRACE_MS],
  ])('gives the others as long as it took to come: of %i ms, %i', async (tookMs, graceMs) => {
    const wait = arrival().of(prn, 1);
    await jest.advanceTimersByTimeAsync(tookMs);
    view.set(prn, message(1));
    expect(await lasts(wait)).toBe(graceMs);
  });

  it('ends when what was deleted is gone, and for a change that a deletion has overtaken', async () => {
    view.set(prn, message(2));
    const waits = [arrival().of(prn), arrival().of(prn, 3)];
    await jest.advanceTimersByTimeAsync(100);
    view.delete(prn);
    expect(await lasts(Promise.all(waits).then(() => undefined))).toBe(GRACE_MS);
  });

  it('is bounded when nothing comes', async () => {
    expect(await lasts(arrival().of(prn, 1))).toBe(BOUND_MS);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is none while the topic is not followed: not read yet, or Kafka is away', async () => {
    expect(await lasts(arrival(false).of(prn, 1))).toBe(0);
  });
});
