import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '@fleethook/retry';
import { CircuitBreaker } from './circuit-breaker.js';

const OK: Outcome = { kind: 'delivered', status: 200 };
const FAILED: Outcome = { kind: 'http_status', status: 503 };

describe('a circuit breaker', () => {
  let nowMs: number;
  let said: string[];
  let breaker: CircuitBreaker;

  beforeEach(() => {
    nowMs = 1_700_000_000_000;
    said = [];
    breaker = new CircuitBreaker({
      opened: (failures, results, openMs) => void said.push(`opened ${failures}/${results} for ${openMs / 1_000} s`),
      closed: (openForMs) => void said.push(`closed after ${openForMs / 1_000} s`),
      forgotten: () => void said.push('forgotten'),
    });
  });

  const attempt = (outcome: Outcome | undefined, count = 1): void => {
    for (let made = 0; made < count; made++) {
      breaker.started(nowMs);
      breaker.ended(outcome, breaker.era, nowMs);
    }
  };

  it.each<[string, Outcome, boolean]>([
    ['200', OK, false],
    ['404', { kind: 'http_status', status: 404 }, false],
    ['302', { kind: 'redirect', status: 302 }, false],
    ['410', { kind: 'gone', status: 410 }, false],
    ['429', { kind: 'http_status', status: 429 }, true],
    ['500', { kind: 'http_status', status: 500 }, true],
    ['a timeout', { kind: 'timeout', stage: 'headers' }, true],
    ['no such name', { kind: 'dns' }, true],
    ['a refused connection', { kind: 'connection_refused' }, true],
    ['a reset connection', { kind: 'connection_reset' }, true],
    ['a bad certificate', { kind: 'tls' }, true],
    ['no HTTP', { kind: 'protocol' }, true],
    ['a blocked address', { kind: 'address_blocked' }, false],
  ])('after ten times %s', (_, outcome, opens) => {
    attempt(outcome, 9);
    expect(breaker.isOpen).toBe(false);
    attempt(outcome);
    expect(breaker.isOpen).toBe(opens);
  });

  it.each([
    [3, 7, true],
    [4, 7, false],
    [30, 70, true],
    [31, 70, false],
  ])('after %d good and then %d bad results', (good, bad, opens) => {
    attempt(OK, good);
    attempt(FAILED, bad);
    expect(breaker.isOpen).toBe(opens);
  });

  it('forgets what is older than a minute', () => {
    attempt(OK, 100);
    nowMs += 60_000;
    attempt(FAILED, 9);
    expect(breaker.isOpen).toBe(false);
    attempt(FAILED);
    expect(said).toEqual(['opened 10/10 for 30 s']);
  });

  it('opens for 30 s, then for twice as long after each probe that fails, up to 10 m', () => {
    attempt(FAILED, 10);
    const seconds = [30, 60, 120, 240, 480, 600, 600];
    for (const openSeconds of seconds) {
      expect(breaker.waitMs(nowMs)).toBe(openSeconds * 1_000);
      nowMs += openSeconds * 1_000 - 1;
      expect(breaker.waitMs(nowMs)).toBe(1);
      nowMs += 1;
      expect(breaker.waitMs(nowMs)).toBe(0);
      attempt(FAILED);
    }
    nowMs += 600_000;
    attempt(OK);
    expect([breaker.isOpen, breaker.waitMs(nowMs)]).toEqual([false, 0]);
    expect(said.at(-1)).toBe('closed after 2730 s');
    attempt(FAILED, 10);
    expect(breaker.waitMs(nowMs)).toBe(30_000);
  });

  it('sends one probe, and has the others stand by until it is back', () => {
    attempt(FAILED, 10);
    nowMs += 30_000;
    breaker.started(nowMs);
    expect(breaker.waitMs(nowMs)).toBe(Infinity);
    nowMs += 10_000;
    breaker.ended(OK, breaker.era, nowMs);
    expect(breaker.waitMs(nowMs)).toBe(0);
  });

  it('sends another probe when the first was not sent, or never got out', () => {
    attempt(FAILED, 10);
    nowMs += 30_000;
    attempt(undefined);
    attempt({ kind: 'address_blocked' });
    expect([breaker.isOpen, breaker.waitMs(nowMs)]).toEqual([true, 0]);
    attempt(OK);
    expect(breaker.isOpen).toBe(false);
  });

  it('does not take for a probe what began before it opened', () => {
    breaker.started(nowMs);
    attempt(FAILED, 10);
    nowMs += 30_000;
    expect(breaker.waitMs(nowMs)).toBe(Infinity);
    breaker.ended(OK, breaker.era, nowMs);
    expect([breaker.isOpen, breaker.waitMs(nowMs)]).toEqual([true, 0]);
  });

  it('knows nothing of another endpoint: neither by what was, nor by what is still in flight', () => {
    const { era } = breaker;
    for (let started = 0; started < 20; started++) breaker.started(nowMs);
    attempt(FAILED, 10);
    breaker.reset();
    expect(breaker.waitMs(nowMs)).toBe(0);
    // The new one answers before the old one's attempts end.
    attempt(OK, 12);
    for (let ended = 0; ended < 20; ended++) breaker.ended(FAILED, era, nowMs);
    expect(breaker.isOpen).toBe(false);
    attempt(FAILED, 10);
    expect(breaker.isOpen).toBe(false);
    attempt(FAILED, 20);
    expect(breaker.isOpen).toBe(true);
  });

  it('probes another endpoint though attempts at the last one are still in flight', () => {
    breaker.started(nowMs);
    breaker.reset();
    attempt(FAILED, 10);
    expect(breaker.waitMs(nowMs + 30_000)).toBe(0);
  });

  it('is kept while it is open, though nobody comes, and not for ever', () => {
    expect(breaker.isForgettable(nowMs)).toBe(true);
    attempt(FAILED, 10);
    expect(breaker.isForgettable(nowMs + 600_000)).toBe(false);
    expect(breaker.isForgettable(nowMs + 630_000)).toBe(true);
  });
});
