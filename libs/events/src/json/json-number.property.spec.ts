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
  it('is never there for a double, with as many digits as it may be printed with', () => {
    const fractions = fc.double({ noDefaultInfinity: true, noNaN: true }).filter((value) => !Number.isInteger(value));
    fc.assert(
      fc.property(fractions, fc.integer({ min: 16, max: 40 }), (value, digits) => {
        expect(numberFault(value.toPrecision(digits))).toBeUndefined();
      }),
    );
  });

  it('is there for every integer that would come out as another one, and for no fraction', () => {
    fc.assert(
      fc.property(token, (written) => {
        const value = Number(written);
        const isInteger = !/[.eE]/.test(written);
        const isKept = isInteger
          ? Number.isSafeInteger(value) && equal(written, String(value))
          : Number.isFinite(value) &&
            (!Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21);
        expect(numberFault(written) === undefined).toBe(isKept);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is quick about absurd numbers', () => {
    expect(numberFault(`1${'0'.repeat(100_000)}1`)).toBe('is beyond the range of a number');
    expect(numberFault(`0.${'0'.repeat(100_000)}1`)).toBeUndefined();
  });
});
