import { FILTER_LIMITS } from './filter-limits.js';
import type { Scalar } from './event-filter.js';
import type { FaultPath, FilterFaults } from './filter-faults.js';

export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined, with the fault noted, when it cannot be read; so do all of these */
export function readText(value: unknown, path: FaultPath, faults: FilterFaults): string | undefined {
  const { maxTextCharacters } = FILTER_LIMITS;
  const fault =
    typeof value !== 'string'
      ? 'must be a text'
      : value.length === 0 || value.length > maxTextCharacters
        ? `must have 1 to ${maxTextCharacters} characters`
        : // What PostgreSQL's jsonb cannot hold.
          !value.isWellFormed() || value.includes('\0')
          ? 'must be valid Unicode without NUL'
          : undefined;
  if (fault === undefined) return value as string;
  faults.add(path, fault);
  return undefined;
}

export function readScalar(value: unknown, path: FaultPath, faults: FilterFaults): Scalar | undefined {
  if (value === null || value === '' || typeof value === 'boolean' || Number.isFinite(value)) return value as Scalar;
  if (typeof value === 'string') return readText(value, path, faults);
  faults.add(path, 'must be a text, a number, true, false or null');
  return undefined;
}

export function readList<T>(
  value: unknown,
  path: FaultPath,
  faults: FilterFaults,
  readItem: (item: unknown, path: FaultPath) => T | undefined,
): readonly T[] | undefined {
  const { maxListItems } = FILTER_LIMITS;
  if (!Array.isArray(value)) faults.add(path, 'must be a list');
  else if (value.length === 0 || value.length > maxListItems) faults.add(path, `must have 1 to ${maxListItems} items`);
  else {
    const read = value.map((item: unknown, index) => readItem(item, [...path, index]));
    return read.every((item) => item !== undefined) ? read : undefined;
  }
  return undefined;
}
