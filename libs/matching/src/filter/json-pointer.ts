import { FILTER_LIMITS } from './filter-limits.js';

/** A parsed pointer: the names of the members on the way. */
export type PointerSteps = readonly string[];

/** RFC 6901 §3: every step starts with `/`, and `~` is written `~0`, `/` is written `~1`. The whole document (`""`) is none of ours. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;
const ARRAY_INDEX = /^(?:0|[1-9]\d*)$/;

/** Undefined when it is no pointer, or has too many steps. */
export function parsePointer(text: string): PointerSteps | undefined {
  if (!POINTER.test(text)) return undefined;
  const steps = text.slice(1).split('/');
  if (steps.length > FILTER_LIMITS.maxPointerSteps) return undefined;
  // In this order: `~01` is `~1`, not `/` (RFC 6901 §4).
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What is there; undefined, which no JSON value is, when nothing is. Only what the document itself says: never `constructor`. */
export function valueAt(document: unknown, steps: PointerSteps): unknown {
  let value = document;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = ARRAY_INDEX.test(step) ? value[Number(step)] : undefined;
    else value = Object.hasOwn(value, step) ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
  }
  return value;
}
