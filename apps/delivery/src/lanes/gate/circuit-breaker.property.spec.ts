import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { classOf, type Outcome } from '@fleethook/retry';
import { CircuitBreaker } from './circuit-breaker.js';

const STEP_MS = 5_000;

/** Remembers every attempt, and works out everything anew each time it is asked. */
class NaiveBreaker {
  readonly #results: { step: number; isFailure: boolean }[] = [];
  readonly #running = new Map<number, 'usual' | 'probe'>();
  #opened: { atMs: number; forMs: number } | undefined;

  waitMs(nowMs: number): number {
    if (this.#opened === undefined) return 0;
    const leftMs = this.#opened.atMs + this.#opened.forMs - nowMs;
    if (leftMs > 0) return leftMs;
    return this.#running.size === 0 ? 0 : Infinity;
  }

  started(id: number): void {
    this.#running.set(id, this.#opened === undefined ? 'usual' : 'probe');
  }

  ended(id: number, outcome: Outcome | undefined, nowMs: number): void {
    const as = this.#running.get(id);
    this.#running.delete(id);
    if (outcome === undefined || classOf(outcome).fault === 'ours') return;
    const isFailure = classOf(outcome).countsForBreaker;
    if (this.#opened === undefined) {
      const step = Math.floor(nowMs / STEP_MS);
      this.#results.push({ step, isFailure });
      const recent = this.#results.filter((result) => result.step > step - 12);
      const share = recent.filter((result) => result.isFailure).length / recent.length;
      if (!isFailure || recent.length < 10 || share < 0.7) return;
      this.#opened = { atMs: nowMs, forMs: 30_000 };
      this.#results.length = 0;
    } else if (as === 'probe') {
      this.#opened = isFailure ? { atMs: nowMs, forMs: Math.min(600_000, this.#opened.forMs * 2) } : undefined;
    }
  }
}

const OUTCOMES = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Outcome>({ kind: 'timeout', stage: 'connect' }) },
  { weight: 3, arbitrary: fc.constant<Outcome>({ kind: 'delivered', status: 200 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<(Outcome | undefined)[]>(
      undefined,
      { kind: 'address_blocked' },
      { kind: 'http_status', status: 429 },
      { kind: 'http_status', status: 404 },
    ),
  },
);

const STEPS = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(), outcome: OUTCOMES }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(20_000), fc.nat(700_000)) }),
    },
  ),
  { maxLength: 300 },
);

describe('a circuit breaker', () => {
  it('does what its description says, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(STEPS, fc.integer({ min: 0, max: 4_999 }), (steps, offsetMs) => {
        const breaker = new CircuitBreaker({ opened: () => {}, closed: () => {}, forgotten: () => {} });
        const naive = new NaiveBreaker();
        const running: number[] = [];
        const { era } = breaker;
        let nowMs = 1_700_000_000_000 + offsetMs;
        steps.forEach((step, id) => {
          if (step.do === 'pass') nowMs += step.ms;
          else if (step.do === 'start') {
            if (breaker.waitMs(nowMs) > 0) return;
            breaker.started(nowMs);
            naive.started(id);
            running.push(id);
          } else {
            const [ended] = running.splice(running.length === 0 ? 0 : step.which % running.length, 1);
            if (ended === undefined) return;
            breaker.ended(step.outcome, era, nowMs);
            naive.ended(ended, step.outcome, nowMs);
          }
          expect(breaker.waitMs(nowMs)).toBe(naive.waitMs(nowMs));
        });
      }),
      { numRuns: 500 },
    );
  });
});
