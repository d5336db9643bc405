import { describe, expect, it } from '@jest/globals';
import { classOf, describeOutcome, OUTCOME_KINDS, outcomeOfStatus, TIMEOUT_STAGES, type Outcome } from './outcome.js';

const ALL: readonly Outcome[] = [
  { kind: 'delivered', status: 204 },
  { kind: 'http_status', status: 404 },
  { kind: 'http_status', status: 429 },
  { kind: 'http_status', status: 500 },
  { kind: 'redirect', status: 302 },
  { kind: 'gone', status: 410 },
  ...TIMEOUT_STAGES.map((stage) => ({ kind: 'timeout', stage }) as const),
  { kind: 'dns' },
  { kind: 'connection_refused' },
  { kind: 'connection_reset' },
  { kind: 'tls' },
  { kind: 'address_blocked' },
  { kind: 'proxy' },
  { kind: 'protocol' },
];

describe('outcomes', () => {
  it('are a closed set', () => {
    expect(new Set(ALL.map((outcome) => outcome.kind))).toEqual(new Set(OUTCOME_KINDS));
  });

  it('are retried, all but success and 410', () => {
    const final = ALL.filter((outcome) => !classOf(outcome).retriable).map((outcome) => outcome.kind);
    expect(final).toEqual(['delivered', 'gone']);
  });

  it('count for the breaker when they tell of trouble: network, 5xx, 429', () => {
    const quiet = ALL.filter((outcome) => !classOf(outcome).countsForBreaker).map(describeOutcome);
    expect(quiet).toEqual(['delivered:204', 'http_status:404', 'redirect:302', 'gone:410', 'address_blocked', 'proxy']);
  });

  it('blame us only for what we did not send', () => {
    expect(ALL.filter((outcome) => classOf(outcome).fault === 'ours').map(describeOutcome)).toEqual([
      'address_blocked',
      'proxy',
    ]);
    expect(ALL.filter((outcome) => classOf(outcome).fault === 'none').map(describeOutcome)).toEqual(['delivered:204']);
  });

  it('are told from the status: 2xx delivered, 3xx never followed, 410 gone', () => {
    expect([200, 201, 299].map((status) => outcomeOfStatus(status, undefined).kind)).toEqual(
      Array.from({ length: 3 }, () => 'delivered'),
    );
    expect([300, 302, 304, 308].map((status) => outcomeOfStatus(status, 1_000).kind)).toEqual(
      Array.from({ length: 4 }, () => 'redirect'),
    );
    expect(outcomeOfStatus(410, 1_000)).toEqual({ kind: 'gone', status: 410 });
    expect(outcomeOfStatus(404, 1_000)).toEqual({ kind: 'http_status', status: 404 });
    expect(outcomeOfStatus(429, 1_000)).toEqual({ kind: 'http_status', status: 429, retryAfterMs: 1_000 });
    expect(outcomeOfStatus(503, 1_000)).toEqual({ kind: 'http_status', status: 503, retryAfterMs: 1_000 });
    expect(outcomeOfStatus(600, undefined)).toEqual({ kind: 'http_status', status: 600 });
  });

  it('are said in a word', () => {
    expect(ALL.map(describeOutcome)).toContain('timeout:headers');
    expect(ALL.map(describeOutcome)).toContain('http_status:500');
    expect(ALL.map(describeOutcome)).toContain('dns');
  });
});
