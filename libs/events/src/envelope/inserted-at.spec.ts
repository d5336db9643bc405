import { describe, expect, it } from '@jest/globals';
import { normaliseTimestamp } from './inserted-at.js';

describe('normaliseTimestamp', () => {
  it('takes no empty text for a time, before it has seen one and after', () => {
    expect(normaliseTimestamp('')).toBeUndefined();
    expect(normaliseTimestamp('2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00Z');
    expect(normaliseTimestamp('')).toBeUndefined();
  });

  it('cuts to whole seconds, and writes UTC as Z', () => {
    expect(normaliseTimestamp('2026-01-01t00:00:00.999+00:00')).toBe('2026-01-01T00:00:00Z');
  });

  it('knows that a day is none', () => {
    expect(normaliseTimestamp('2026-02-30T00:00:00Z')).toBeUndefined();
  });
});
