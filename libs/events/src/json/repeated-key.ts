import { findRepeatedKey } from './json-faults.js';
import { countKeys, JsonScan } from './json-scan.js';

/** Deeper than anything that is taken; what counts the keys goes down one call a level. */
const MAX_CHECKED_DEPTH = 128;

/**
 * The pointer of the first key that an object has more than once: of these, `JSON.parse` keeps the last and says nothing.
 * @param value what `JSON.parse` made of the bytes
 * @returns undefined also for what is nested too deep to be looked at, and is to be refused for that
 */
export function repeatedKeyOf(bytes: Buffer, value: unknown): string | undefined {
  const scan = new JsonScan();
  scan.scan(bytes, 0, bytes.length);
  if (scan.depth > MAX_CHECKED_DEPTH || scan.keys === countKeys(value)) return undefined;
  return findRepeatedKey(new TextDecoder().decode(bytes));
}
