import { describe, expect, it } from '@jest/globals';
import { assert, nat, property, string } from 'fast-check';
import { beginningOf, isWellFormedJson } from './well-formed.js';

describe('well-formed JSON', () => {
  it.each([
    [{ a: ['😀', { 'b😀': null }] }, true],
    ['\ud83d', false],
    [{ a: [1, { b: 'x\ude00' }] }, false],
    [{ a: { '\ud83d': 1 } }, false],
  ])('%j: %p', (value, isIt) => {
    expect(isWellFormedJson(value)).toBe(isIt);
  });

  it('has the beginning of any text, of at most so many characters', () => {
    assert(
      property(string({ unit: 'binary' }), nat({ max: 20 }), (text, max) => {
        const beginning = beginningOf(text, max);
        expect(isWellFormedJson(beginning)).toBe(true);
        expect(beginning.length).toBe(Math.min(max, text.length));
      }),
    );
    expect(beginningOf('a😀', 2)).toBe('a\ufffd');
  });
});
