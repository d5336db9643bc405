/** How large a filter may be: every router holds every filter in memory, and evaluates it for every event that its webhook named. */
export const FILTER_LIMITS = {
  /** Of the whole filter, as JSON. */
  maxBytes: 16_384,
  /** In `where`, with `and`, `or` and `not` counted as well. */
  maxConditions: 64,
  /** Conditions within each other; one alone is 1. */
  maxDepth: 8,
  /** Of every list. */
  maxListItems: 100,
  /** Of every text, pointers included. */
  maxTextCharacters: 256,
  maxPointerSteps: 16,
  /** An answer names at most so many faults of one filter. */
  maxFaults: 20,
} as const;
