import { UsageError } from '../running/cli-error.js';

/** For options. @returns a parser of whole numbers within bounds */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw new UsageError(
      max === Number.MAX_SAFE_INTEGER
        ? `It must be a whole number, at least ${min}.`
        : `It must be a whole number from ${min} to ${max}.`,
    );
  };
}

/** From 0 to 1. */
export function parseRatio(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new UsageError('It must be a number from 0 to 1.');
}

/** Above 0. */
export function parseRate(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new UsageError('It must be a number above 0.');
}

/** A setting that is to be taken back to its default. Not null: the parser of the command line has a meaning of its own for that. */
export const DEFAULT = Symbol('default');
const DEFAULT_WORD = 'default';

export function orDefault<T>(parse: (text: string) => T): (text: string) => T | typeof DEFAULT {
  return (text) => (text === DEFAULT_WORD ? DEFAULT : parse(text));
}
