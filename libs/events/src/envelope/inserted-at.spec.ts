import { describe, expect, it, jest } from '@jest/globals';
import { normaliseTimestamp } from './inserted-at.js';

describe('normaliseTimestamp', () => {
  it('takes the last second before 1970 as the first of all times', async () => {
    jest.resetModules();
    const fresh = await import('./inserted-at.js');
    expect(fresh.normaliseTimestamp('1969-12-31T23:59:59Z')).toBe('1969-12-31T23:59:59Z');
  });

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
