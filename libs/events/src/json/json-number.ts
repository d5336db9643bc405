/** Below this, `JSON.stringify` writes an integer without an exponent, so that it reads as an integer again. */
const FIRST_WITH_EXPONENT = 1e21;

/**
 * What is wrong with a number as it is written: undefined when it can be kept. A fraction is kept as the nearest double, as every reader
 * of JSON keeps it (RFC 8259 §6), however many digits it was printed with (`%.17g`); an integer counts or names something, and is kept
 * exactly or not at all.
 */
export function numberFault(token: string): string | undefined {
  const value = Number(token);
  if (!Number.isFinite(value)) return 'is beyond the range of a number';
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  if (/^-?\d+$/.test(token) || Math.abs(value) < FIRST_WITH_EXPONENT)
    return 'is an integer beyond 2^53; send it as a string';
  return undefined;
}
