import { describe, expect, it } from '@jest/globals';
import { localOf, utcOf } from './moment.js';

describe('a field of local time', () => {
  it.each([null, '', 'yesterday', 'garbage', '2026-13-45T99:00:00Z', '+999999-01-01T00:00:00Z'])(
    'is empty for %j, which is no time',
    (text) => {
      expect(localOf(text)).toBe('');
      expect(utcOf(text ?? '')).toBe('');
    },
  );

  it('gives back what it shows', () => {
    expect(utcOf(localOf('2026-11-27T03:49:14Z'))).toBe('2026-11-27T03:49:14Z');
    expect(utcOf(localOf('2026-11-27T03:49:14.123Z'))).toBe('2026-11-27T03:49:14Z');
  });
});
