import { describe, expect, it } from '@jest/globals';
import { OrganizationRate } from './organization-rate.js';

describe('OrganizationRate', () => {
  it('lets a request overdraw, and waits until the debt is paid', () => {
    const rate = new OrganizationRate(100);
    expect(rate.waitSeconds('a', 0)).toBeUndefined();
    rate.spend('a', 600, 0);
    expect(rate.waitSeconds('a', 0)).toBe(6);
    expect(rate.waitSeconds('a', 4_000)).toBe(2);
    expect(rate.waitSeconds('a', 5_010)).toBeUndefined();
    expect(rate.waitSeconds('b', 0)).toBeUndefined();
  });

  it('saves no more than a second, and fills nothing when the clock goes back', () => {
    const rate = new OrganizationRate(10);
    rate.spend('a', 0, 0);
    rate.spend('a', 10, 3_600_000);
    expect(rate.waitSeconds('a', 3_600_000)).toBe(1);
    expect(rate.waitSeconds('a', 0)).toBe(1);
  });

  it('holds the rate on average', () => {
    const rate = new OrganizationRate(50);
    let taken = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 7) {
      if (rate.waitSeconds('a', nowMs) !== undefined) continue;
      rate.spend('a', 20, nowMs);
      taken += 20;
    }
    expect(taken / 60).toBeGreaterThan(48);
    expect(taken / 60).toBeLessThan(53);
  });

  it('is off at 0', () => {
    const rate = new OrganizationRate(0);
    rate.spend('a', 1_000_000, 0);
    expect(rate.waitSeconds('a', 0)).toBeUndefined();
  });
});
