import { describe, expect, it } from '@jest/globals';
import { timestampOf } from './envelope.js';

describe('timestamps', () => {
  it('are whole seconds in UTC, whichever was asked for before', () => {
    expect(timestampOf(1_767_225_600_999)).toBe('2026-01-01T00:00:00Z');
    expect(timestampOf(1_767_225_601_000)).toBe('2026-01-01T00:00:01Z');
    expect(timestampOf(1_767_225_600_000)).toBe('2026-01-01T00:00:00Z');
  });
});
