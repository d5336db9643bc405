import { prnPattern } from '@fleethook/events';
import { z } from 'zod';
import type { EventFilter } from './event-filter.js';
import { FILTER_LIMITS } from './filter-limits.js';
import { inexactNumbers } from './inexact-numbers.js';
import { readFilter } from './read-filter.js';

const { maxListItems, maxPointerSteps, maxTextCharacters } = FILTER_LIMITS;
const written = { maxLength: maxTextCharacters, pattern: String.raw`^[^\u0000]*$` };
/** Beyond these there are only integers that may not be what was written. */
const exact = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
const text = { type: 'string', minLength: 1, ...written };
const scalar = { type: ['string', 'number', 'boolean', 'null'], ...written, ...exact };
const ordered = { type: ['string', 'number'], minLength: 1, ...written, ...exact };
const prn = (type: 'cohort' | 'product') => ({ type: 'string', pattern: prnPattern(type) });
const list = (items: object) => ({ type: 'array', items, minItems: 1, maxItems: maxListItems });
const only = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const pointer = {
  ...text,
  pattern: String.raw`^(/([^~/\u0000]|~[01])*){1,${maxPointerSteps}}$`,
  description: "JSON pointer (RFC 6901) into the event's envelope, e.g. /data/data/reason",
};
const CONDITION = 'FilterCondition';
const nested = { $ref: `#/$defs/${CONDITION}` };
const condition = {
  description: 'A condition on the envelope',
  oneOf: [
    only({ pointer, eq: scalar }),
    only({ pointer, in: list(scalar) }),
    only({ pointer, prefix: text }),
    only({ pointer, exists: { type: 'boolean' } }),
    only({ pointer, gt: ordered }),
    only({ pointer, lt: ordered }),
    only({ and: list(nested) }),
    only({ or: list(nested) }),
    only({ not: nested }),
  ],
};

/** JSON Schema of a filter, for documents: bounds on the whole (conditions, depth, bytes) cannot be said in it. */
export const FILTER_JSON_SCHEMA = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: {
    devices: { ...list(text), description: 'PRNs or identifiers of devices' },
    cohorts: { ...list(prn('cohort')), description: 'PRNs of cohorts' },
    tags: { ...list(text), description: 'Tags of the device' },
    products: { ...list(prn('product')), description: 'PRNs of products' },
    where: nested,
  },
  $defs: { [CONDITION]: condition },
};

/**
 * A filter as a field of a request. Its faults name the place in full (`filter.where.and.1.pointer`) and are marked `inFull`, so that
 * whoever prints them does not cut the path to the field.
 */
export const EventFilterField = z
  .unknown()
  .transform((value, context): EventFilter => {
    const read = readFilter(value);
    const faults = read.kind === 'filter' ? inexactNumbers(read.filter) : read.faults;
    if (read.kind === 'filter' && faults.length === 0) return read.filter;
    for (const { path, message } of faults)
      context.addIssue({ code: 'custom', path: [...path], message, params: { inFull: true } });
    return z.NEVER;
  })
  .meta(FILTER_JSON_SCHEMA);
