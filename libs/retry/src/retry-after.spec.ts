import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';

const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Monday, 23-Nov-26 12:01:00 GMT', 60_000],
    ['Mon Nov 23 12:00:05 2026', 5_000],
    ['Tue Dec  1 12:00:00 2026', 8 * 86_400_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['120, 120', 120_000],
    ['5,Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 12:00:30 GMT, Monday, 23-Nov-26 12:01:00 GMT, 7', 60_000],
    ['soon, 3', 3_000],
  ])('%s is %d ms', (text, expected) => {
    expect(parseRetryAfter(text, NOW_MS)).toBe(expected);
  });

  it.each([
    '',
    '-1',
    '1.5',
    'soon',
    'soon, later',
    ',',
    '12s',
    'Mon, 23 Nov 2026 25:00:30 GMT',
    'Mon, 31 Feb 2026 12:00:30 GMT',
    '2026-11-23T12:00:30Z',
  ])('%s is neither seconds nor a date', (text) => {
    expect(parseRetryAfter(text, NOW_MS)).toBeUndefined();
  });

  it('is missing when it is missing', () => {
    expect(parseRetryAfter(undefined, NOW_MS)).toBeUndefined();
  });

  it('stays a number however many digits were sent', () => {
    expect(parseRetryAfter('9'.repeat(400), NOW_MS)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  });
});
