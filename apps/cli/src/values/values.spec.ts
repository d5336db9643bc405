import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { UsageError } from '../running/cli-error.js';
import { durationMs, formatDuration, parseDurationMs } from './duration.js';
import { collectHeaders, collectNames, parseBasicAuth } from './lists.js';
import { parseJsonObject } from './json-value.js';
import { age, apiTime, apiTimeAfter, parseMoment, relativeTime } from './moment.js';
import { DEFAULT, orDefault, parseRatio, wholeNumber } from './number.js';

const NOW_MS = Date.parse('2026-03-01T12:00:00.500Z');

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1_500],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '10', 's', '10 s', '-1s', '1h x', '1w', '3651d', `${'9'.repeat(400)}d`])('refuses %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow(UsageError);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [9_999, '10 s'],
    [59_600, '1 m'],
    [200_000, '3 m 20 s'],
    [172_803_000, '2 d'],
    [187_200_000, '2 d 4 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('reads what it writes, within a tenth of its largest unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400_000 }), (ms) => {
        const read = durationMs(formatDuration(ms).replaceAll(' ', ''));
        expect(Math.abs((read ?? Number.NaN) - ms)).toBeLessThanOrEqual(Math.max(100, ms / 10));
      }),
    );
  });
});

describe('moments', () => {
  it.each([
    ['now', '2026-03-01T12:00:00.500Z'],
    ['15m', '2026-03-01T11:45:00.500Z'],
    ['2h ago', '2026-03-01T10:00:00.500Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(parseMoment(text, NOW_MS).toISOString()).toBe(iso);
  });

  it.each(['yesterday', '2026-02-30', '2026-02-30T00:00:00Z', '2026-13-01', '15', '01/02/2026', '999999999d'])(
    'refuses %s',
    (text) => {
      expect(() => parseMoment(text, NOW_MS)).toThrow(UsageError);
    },
  );

  it('are whole seconds for the API; one that ends a window takes the second it is in with it', () => {
    expect(apiTime(new Date(NOW_MS))).toBe('2026-03-01T12:00:00Z');
    expect(apiTimeAfter(new Date(NOW_MS))).toBe('2026-03-01T12:00:01Z');
    expect(apiTimeAfter(new Date('2026-03-01T12:00:00Z'))).toBe('2026-03-01T12:00:00Z');
  });

  it.each([
    ['2026-03-01T12:00:00Z', 'now', 'now'],
    ['2026-03-01T11:59:00Z', '1 m ago', '1m'],
    ['2026-03-01T12:00:13Z', 'in 12 s', 'in 12 s'],
    ['2026-02-27T11:00:00Z', '2 d ago', '2d'],
  ])('%s is %s', (iso, words, short) => {
    expect(relativeTime(iso, NOW_MS)).toBe(words);
    expect(age(iso, NOW_MS)).toBe(short);
  });
});

describe('other values', () => {
  it('numbers keep their bounds', () => {
    expect(wholeNumber(1, 200)('200')).toBe(200);
    for (const text of ['0', '201', '1.5', '-1', 'x', '', '1e2'])
      expect(() => wholeNumber(1, 200)(text)).toThrow(UsageError);
    expect(parseRatio('.5')).toBe(0.5);
    expect(() => parseRatio('1.1')).toThrow(UsageError);
  });

  it('the word default is a value of its own', () => {
    expect(orDefault(wholeNumber(1))('default')).toBe(DEFAULT);
    expect(orDefault(wholeNumber(1))('7')).toBe(7);
  });

  it('names come with commas and one by one', () => {
    expect(collectNames(' c ', collectNames('a, b,', undefined))).toEqual(['a', 'b', 'c']);
  });

  it('headers and credentials keep what comes after their first colon', () => {
    expect(collectHeaders('X-B: c:d', { 'X-A': 'b' })).toEqual({ 'X-A': 'b', 'X-B': 'c:d' });
    expect(parseBasicAuth('user:p:w')).toEqual({ username: 'user', password: 'p:w' });
    for (const text of ['X-A', ': b']) expect(() => collectHeaders(text, undefined)).toThrow(UsageError);
    expect(() => parseBasicAuth(':x')).toThrow(UsageError);
  });

  it('JSON says what is wrong with it', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 });
    expect(() => parseJsonObject('[1]')).toThrow('It must be a JSON object.');
    expect(() => parseJsonObject('{a')).toThrow('It is not JSON');
    expect(() => parseJsonObject('@/nowhere/x.json')).toThrow('/nowhere/x.json cannot be read: there is no such file.');
  });
});
