import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualScheduler } from '../../window/manual-scheduler.js';
import { Membership } from './membership.js';

const SESSION_TIMEOUT_MS = 30_000;
const GRACE_MS = 5_000;

let scheduler: ManualScheduler;
let membership: Membership;
beforeEach(() => {
  scheduler = new ManualScheduler();
  membership = new Membership({ scheduler, sessionTimeoutMs: SESSION_TIMEOUT_MS, graceMs: GRACE_MS });
});

describe('membership', () => {
  it('is sure for one session from when the brokers were asked', async () => {
    expect(membership.isSure).toBe(false);
    await scheduler.advance(10_000);
    membership.confirm(10_000);
    await scheduler.advance(20_000);
    expect(membership.isSure).toBe(true);
    await scheduler.advance(1);
    expect(membership.isSure).toBe(false);
  });

  it('is not doubted for standing still within a session', () => {
    membership.joined(0);
    scheduler.standStill(SESSION_TIMEOUT_MS);
    expect(membership.isSure).toBe(true);
  });

  it('is not doubted while the others are waited for', async () => {
    membership.joined(0);
    membership.rejoining();
    await scheduler.advance(SESSION_TIMEOUT_MS);
    expect(membership.isSure).toBe(true);
    expect(membership.joined(0)).toBe(false);
  });

  it('is doubted by who stood still for a grace while the group joined anew, until what is ours was read', async () => {
    membership.joined(0);
    membership.rejoining();
    scheduler.standStill(GRACE_MS + 1_001);
    // What was to look before is late, and is no proof of the contrary.
    await scheduler.advance(0);
    expect(membership.isSure).toBe(false);
    membership.rejoining();
    await scheduler.advance(10_000);
    expect(membership.isSure).toBe(false);
    expect(membership.joined(0)).toBe(true);
    expect(membership.isSure).toBe(true);
    membership.rejoining();
    expect(membership.joined(0)).toBe(false);
  });

  it('is doubted also where the answer is read before anybody looked', () => {
    membership.joined(0);
    membership.rejoining();
    scheduler.standStill(GRACE_MS + 1);
    expect(membership.joined(0)).toBe(true);
  });

  it('has nothing to doubt once it was left', () => {
    membership.rejoining();
    scheduler.standStill(GRACE_MS + 1);
    membership.left();
    expect(membership.joined(0)).toBe(false);
  });
});
