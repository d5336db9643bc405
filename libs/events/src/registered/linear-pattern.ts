import { LRUCache } from 'lru-cache';
import { RE2JS, RE2Set } from 're2js';

/**
 * Patterns of registered schemas, matched by RE2's algorithm: whatever the pattern and the text, the time is at most proportional to the
 * length of the text times the size of the pattern. JavaScript's own matcher can take time that doubles with every character.
 */
export interface LinearPattern {
  /** How many instructions its program has: what each character of a text costs at most. */
  readonly size: number;
  test(text: string): boolean;
}

/** `refused` says why, in words for the author of the schema. */
export type PatternResult = LinearPattern | { readonly refused: string };

const MAX_PATTERN_LENGTH = 512;
const MAX_PATTERN_SIZE = 384;
/** What a pattern's automaton may remember between texts; beyond, it is simulated, state by state. */
const AUTOMATON_BYTES = 64 * 1_024;
const MAX_KEPT = 1_000;

const kept = new LRUCache<string, LinearPattern>({ max: MAX_KEPT });

export function linearPattern(source: string): PatternResult {
  const known = kept.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_PATTERN_LENGTH) return { refused: `is longer than ${MAX_PATTERN_LENGTH} characters` };
  const unread = unreadable(source);
  if (unread !== undefined) return { refused: unread };
  try {
    const translated = RE2JS.translateRegExp(source);
    const size = RE2JS.compile(translated).programSize();
    if (size > MAX_PATTERN_SIZE)
      return { refused: 'is too large once its repetitions are written out; repeat less often' };
    // A set of one: it is what takes a bound on its memory.
    const set = new RE2Set(RE2Set.UNANCHORED, 0, AUTOMATON_BYTES);
    set.add(translated);
    set.compile();
    const pattern: LinearPattern = { size, test: (text) => set.match(text).length > 0 };
    kept.set(source, pattern);
    return pattern;
  } catch (error) {
    return { refused: `cannot be matched in linear time: ${reasonOf(error)}` };
  }
}

/** It has to be a regular expression as JSON Schema wants it (ECMA-262, Unicode); what RE2 would read in its own way is none. */
function unreadable(source: string): string | undefined {
  try {
    void new RegExp(source, 'u');
  } catch (error) {
    return `is not a regular expression: ${reasonOf(error)}`;
  }
  // RE2 takes a reference to a named group for letters.
  return /(?<!\\)(?:\\\\)*\\k/.test(source) ? 'cannot be matched in linear time: it refers back to a group' : undefined;
}

/** Look-around and back-references are what it mostly is. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error parsing regexp: |^Invalid regular expression: .*: /s, '').slice(0, 120);
}
