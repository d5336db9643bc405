import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { numberFault } from './json-number.js';

/** The value of a decimal as a fraction of whole numbers, exactly. */
function exact(token: string): { numerator: bigint; power: number } {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (match === null) throw new Error(token);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  return { numerator: BigInt(`${sign}${whole}${fraction}`), power: Number(exponent) - fraction.length };
}

function equal(left: string, right: string): boolean {
  const [a, b] = [exact(left), exact(right)];
  const least = Math.min(a.power, b.power);
  return a.numerator * 10n ** BigInt(a.power - least) === b.numerator * 10n ** BigInt(b.power - least);
}

const digits = fc.string({
  unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
  minLength: 1,
  maxLength: 22,
});
const token = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.option(fc.integer({ min: -330, max: 320 })))
  .map(([sign, whole, fraction, exponent]) => {
    const integer = whole.replace(/^0+(?=\d)/, '');
    return `${sign}${integer}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`;
  });

describe('number fault', () => {
  it('is there if and only if the written form has another value, or is no safe integer', () => {
    fc.assert(
      fc.property(token, (written) => {
        const value = Number(written);
        const kept = Number.isFinite(value) && equal(written, String(value));
        const unsafe =
          Number.isInteger(value) &&
          !Number.isSafeInteger(value) &&
          (/^-?\d+$/.test(written) || Math.abs(value) < 1e21);
        expect(numberFault(written) === undefined).toBe(kept && !unsafe);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is quick about absurd numbers', () => {
    expect(numberFault(`1${'0'.repeat(100_000)}1`)).toBe('is beyond the range of a number');
    expect(numberFault(`0.${'0'.repeat(100_000)}1`)).toContain('more digits');
  });
});
