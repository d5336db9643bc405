import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MemorySeenEvents } from './seen-events.js';

describe('MemorySeenEvents', () => {
  it('knows an event as seen only after it was kept', () => {
    const seen = new MemorySeenEvents();
    expect([seen.claim('a'), seen.claim('a')]).toEqual(['new', 'busy']);
    seen.release('a');
    expect(seen.claim('a')).toBe('new');
    seen.keep('a');
    expect(seen.claim('a')).toBe('seen');
  });

  it('does as a list does, from whose front the oldest falls', () => {
    const prns = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), prns, (maxEvents, met) => {
        const seen = new MemorySeenEvents({ maxEvents });
        let model: string[] = [];
        for (const prn of met) {
          expect(seen.claim(prn)).toBe(model.includes(prn) ? 'seen' : 'new');
          seen.keep(prn);
          model = [...model.filter((known) => known !== prn), prn].slice(-maxEvents);
          expect(seen.size).toBe(model.length);
        }
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a bound of %d', (maxEvents) => {
    expect(() => new MemorySeenEvents({ maxEvents })).toThrow('maxEvents is a whole number, 1 or more');
  });
});
