/* eslint-disable no-bitwise -- byte tests on the hot path: one OR per byte tells whether all of them are ASCII */
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const SMALL_D = 0x64;
const SMALL_E = 0x65;
const SMALL_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LOWER_CASE = 0x20;
const NOT_ASCII = 0x80;

/** Decimals of up to 15 digits survive the way into a double and back, whatever they are (`DBL_DIG`). */
const SAFE_NUMBER_BYTES = 15;

/**
 * One pass over the bytes of a JSON value, without building anything: what `JSON.parse` does not tell. The value need not be valid; the
 * pass ends at the value's end in any case, and `JSON.parse` judges afterwards.
 *
 * Duplicate keys are found by counting: every key has one colon outside of strings, and `JSON.parse` keeps only the last of equal keys.
 * So a text has duplicates if and only if it has more colons than the parsed value has keys.
 */
export class JsonScan {
  /** Colons outside of strings: the keys as written. */
  keys = 0;
  /** Levels of objects and arrays within each other. */
  depth = 0;
  /** No byte beyond 0x7f. */
  ascii = true;
  /** Some number or escape needs a closer look: it may not survive parsing. */
  doubtful = false;

  /**
   * Scans from `start` to the end of the value: to a comma or closing bracket that is not the value's own, else to `end`.
   * @returns the index of the byte after the value and the blanks that follow it
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    let keys = 0;
    let depth = 0;
    let deepest = 0;
    let union = 0;
    let doubtful = false;
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        for (at += 1; at < end; at += 1) {
          const inner = bytes[at] as number;
          if (inner === QUOTE) break;
          union |= inner;
          if (inner === BACKSLASH) {
            at += 1;
            // \uD...: perhaps half of a surrogate pair.
            if (bytes[at] === SMALL_U && ((bytes[at + 1] ?? 0) | LOWER_CASE) === SMALL_D) doubtful = true;
          }
        }
      } else if (byte === COLON) {
        keys += 1;
      } else if ((byte >= ZERO && byte <= NINE) || byte === MINUS) {
        const first = at;
        for (at += 1; at < end; at += 1) {
          const inner = bytes[at] as number;
          if (inner >= ZERO && inner <= NINE) continue;
          if ((inner | LOWER_CASE) === SMALL_E) doubtful = true;
          else if (inner !== DOT) break;
        }
        if (at - first > SAFE_NUMBER_BYTES) doubtful = true;
        at -= 1;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (depth > deepest) deepest = depth;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) break;
        depth -= 1;
      } else if (byte === COMMA) {
        if (depth === 0) break;
      } else {
        union |= byte;
      }
    }
    this.keys = keys;
    this.depth = deepest;
    this.ascii = union < NOT_ASCII;
    this.doubtful = doubtful;
    // An unfinished escape at the very end steps past it.
    return at < end ? at : end;
  }
}

/** The keys that a parsed value has, at all depths. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') keys += countKeys(item);
    return keys;
  }
  for (const key in value) {
    keys += 1;
    const item: unknown = (value as Record<string, unknown>)[key];
    if (typeof item === 'object') keys += countKeys(item);
  }
  return keys;
}
