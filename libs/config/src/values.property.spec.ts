import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { formatDuration, parseDurationMs } from './values.js';

describe('durations', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (durationMs) => {
        expect(parseDurationMs(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  it.each(['', '5', 's', '-5s', '5 s', '1e3s', '5S', '5sec'])('are not %j', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});
