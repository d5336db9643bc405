import { describe, expect, it } from '@jest/globals';
import { numberProblem, readWholeNumber } from './whole-number.js';

describe('readWholeNumber', () => {
  it.each(['', '  '])('says nothing of %j', (text) => {
    expect(readWholeNumber(text)).toEqual({ kind: 'empty' });
    expect(numberProblem(text)).toBeUndefined();
  });

  it.each(['1,000', '1.000', '1 000', '10s', 'ten', '-5', '1e3', '0x10', 'NaN', 'Infinity', '9'.repeat(400)])(
    'refuses %s in words',
    (text) => {
      expect(readWholeNumber(text).kind).toBe('wrong');
      expect(numberProblem(text)).toMatch(/^must be a whole number/);
    },
  );

  it.each([
    ['0', 0],
    [' 1000 ', 1_000],
    ['007', 7],
  ])('reads %j', (text, value) => {
    expect(readWholeNumber(text)).toEqual({ kind: 'fine', value });
  });
});
