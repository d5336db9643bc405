import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { RateLimit } from './rate-limit.js';

const RATES = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.02, max: 50, noNaN: true }));

describe('a rate limit', () => {
  it('lets no more begin in any stretch of time than its rate, 50 ms of it and one', () => {
    fc.assert(
      fc.property(
        RATES,
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        (rate, pauses) => {
          const limit = new RateLimit(rate);
          let nowMs = 1_000;
          const begun: number[] = [];
          for (const pauseMs of pauses) {
            nowMs += pauseMs;
            if (limit.take(nowMs) === 0) begun.push(nowMs);
          }
          begun.forEach((startMs, from) => {
            begun.slice(from).forEach((endMs, count) => {
              expect(count + 1).toBeLessThanOrEqual(1 + (rate * (endMs - startMs + 50)) / 1_000 + 1e-6);
            });
          });
        },
      ),
    );
  });

  it('reaches its rate whenever its timers are less than 50 ms late', () => {
    fc.assert(
      fc.property(RATES, fc.array(fc.integer({ min: 0, max: 49 }), { minLength: 40, maxLength: 40 }), (rate, late) => {
        const limit = new RateLimit(rate);
        let nowMs = 0;
        let begun = 0;
        for (const lateMs of late) {
          let waitMs = limit.take(nowMs);
          while (waitMs === 0) {
            begun++;
            waitMs = limit.take(nowMs);
          }
          nowMs += waitMs + lateMs;
        }
        expect(begun).toBeGreaterThanOrEqual(Math.floor((rate * (nowMs - 100)) / 1_000) - 1);
      }),
    );
  });

  it('says exactly when it has a token, and not before', () => {
    fc.assert(
      fc.property(RATES, (rate) => {
        const limit = new RateLimit(rate);
        const startMs = 5_000;
        while (limit.take(startMs) === 0);
        const waitMs = limit.take(startMs);
        expect(limit.take(startMs + waitMs * 0.99)).toBeGreaterThan(0);
        expect(limit.take(startMs + waitMs)).toBe(0);
      }),
    );
  });

  it('is full again, keeps to a lower rate at once, and takes nothing for a clock that was set back', () => {
    const limit = new RateLimit(100);
    for (let taken = 0; taken < 6; taken++) expect(limit.take(10_000)).toBe(0);
    expect(limit.take(10_000)).toBeCloseTo(10);
    expect(limit.take(4_000)).toBeCloseTo(10);
    expect(limit.isFull(4_030)).toBe(false);
    expect(limit.isFull(4_060)).toBe(true);
    limit.resize(2);
    expect(limit.take(4_060)).toBe(0);
    expect(limit.take(4_060)).toBeCloseTo(450);
  });
});
