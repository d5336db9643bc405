import type { z } from 'zod';
import { beginningOf } from '@fleethook/events';
import { InvalidFields } from './problems.js';

/** The value as the schema reads it. @throws InvalidFields naming every field that is wrong, unknown ones included */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidFields(fieldErrorsOf(result.error.issues));
}

/** What is wrong with the body as a whole is told under this name. */
const WHOLE = 'body';

function fieldErrorsOf(issues: readonly z.core.$ZodIssue[]): Record<string, string[]> {
  // A Map, for a field may be called `__proto__`.
  const errors = new Map<string, string[]>();
  const add = (field: string, message: string): void => {
    const messages = errors.get(field);
    if (messages === undefined) errors.set(field, [message]);
    else if (!messages.includes(message)) messages.push(message);
  };
  const wrongTypes = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => keyOf(path)));
  for (const issue of issues) {
    // Asked of whatever has a length: of a text in place of a list, too.
    if ((issue.code === 'too_big' || issue.code === 'too_small') && wrongTypes.has(keyOf(issue.path))) continue;
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add(placeOf([...issue.path, key], false), 'is not a field of this request');
    else add(placeOf(issue.path, isInFull(issue)), issue.message);
  }
  return Object.fromEntries(errors);
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path);

const MAX_FIELD_NAME_LENGTH = 64;

/** A list is one field, whatever is wrong within it, and so is what is in an object another: `event.data.type`. */
function placeOf(path: readonly PropertyKey[], inFull: boolean): string {
  const index = inFull ? -1 : path.findIndex((segment) => typeof segment === 'number');
  const segments = index === -1 ? path : path.slice(0, index);
  return segments.length === 0 ? WHOLE : segments.map(fieldName).join('.');
}

/** Said by schemas of fields that have a language of their own: `filter.where.and.1.pointer` names a place in a list. */
function isInFull(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.['inFull'] === true;
}

/** `detail` has a meaning of its own in an error body; a name as long as the request need not be repeated in full. */
function fieldName(segment: PropertyKey, index = 0): string {
  const name = beginningOf(String(segment), MAX_FIELD_NAME_LENGTH);
  return name === 'detail' && index === 0 ? `${WHOLE}.detail` : name;
}
