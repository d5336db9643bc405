/** No number that means something is longer; the bound also bounds the work below. */
const MAX_NUMBER_CHARACTERS = 400;

/** Below this, `JSON.stringify` writes an integer without an exponent, so that it reads as an integer again. */
const FIRST_WITH_EXPONENT = 1e21;

/**
 * What is wrong with a number as it is written: undefined when the double it becomes has exactly its value (`1.0`, `1e2`, `0.1`), and
 * every reader of its normalised form sees the same.
 */
export function numberFault(token: string): string | undefined {
  const value = Number(token);
  if (!Number.isFinite(value)) return 'is beyond the range of a number';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    if (/^-?\d+$/.test(token) || Math.abs(value) < FIRST_WITH_EXPONENT)
      return 'is an integer beyond 2^53; send it as a string';
  }
  if (token.length > MAX_NUMBER_CHARACTERS || decimalOf(token) !== decimalOf(String(value)))
    return 'has more digits than a number can keep; send it as a string';
  return undefined;
}

/** The same text for the same decimal value: significant digits and an exponent. */
function decimalOf(token: string): string {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const sign = token.startsWith('-') ? '-' : '';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
