import { z } from 'zod';
import type { EventFilter } from './event-filter.js';
import { FILTER_LIMITS } from './filter-limits.js';
import { inexactNumbers } from './inexact-numbers.js';
import { readFilter } from './read-filter.js';

const { maxListItems, maxTextCharacters } = FILTER_LIMITS;
const text = { type: 'string', minLength: 1, maxLength: maxTextCharacters };
const scalar = { type: ['string', 'number', 'boolean', 'null'], maxLength: maxTextCharacters };
const ordered = { type: ['string', 'number'], minLength: 1, maxLength: maxTextCharacters };
const list = (items: object) => ({ type: 'array', items, minItems: 1, maxItems: maxListItems });
const only = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const pointer = {
  ...text,
  pattern: '^(/([^~/]|~[01])*)+$',
  description: "JSON pointer (RFC 6901) into the event's envelope, e.g. /data/data/reason",
};
const nested = { type: 'object', description: 'Another condition' };

/** JSON Schema of a filter, for documents: bounds on the whole (conditions, depth, bytes) cannot be said in it. */
export const FILTER_JSON_SCHEMA = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: {
    devices: { ...list(text), description: 'PRNs or identifiers of devices' },
    cohorts: { ...list(text), description: 'PRNs of cohorts' },
    tags: { ...list(text), description: 'Tags of the device' },
    products: { ...list(text), description: 'PRNs of products' },
    where: {
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
    },
  },
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
