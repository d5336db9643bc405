import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { EventFilterField, FILTER_JSON_SCHEMA } from './filter.schema.js';
import { readFilter } from './read-filter.js';

const pointer = '/data/data/serial';
const BEYOND = 2 ** 53;

const prn = (type: string): string => `prn:1:${crypto.randomUUID()}:${type}:${crypto.randomUUID()}`;

const faultsOf = (filter: unknown): string[] =>
  (EventFilterField.safeParse(filter).error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);

describe('a filter of a request', () => {
  it('is refused wherever it compares with an integer that JSON.parse may have rounded', () => {
    const where = {
      and: [
        { pointer, eq: BEYOND },
        { not: { pointer, in: [1, -BEYOND, '9007199254740993'] } },
        {
          or: [
            { pointer, gt: 1e20 },
            { pointer, lt: BEYOND },
          ],
        },
      ],
    };
    const message = 'is an integer beyond 2^53, which is not kept exactly; events have it as a text';
    expect(faultsOf({ where })).toEqual(
      ['and.0.eq', 'and.1.not.in.1', 'and.2.or.0.gt', 'and.2.or.1.lt'].map((place) => `where.${place} ${message}`),
    );
  });

  it('may compare with any integer that is kept, and any fraction', () => {
    const kept = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, 0.1, 5e-324];
    expect(faultsOf({ where: { pointer, in: kept } })).toEqual([]);
  });

  it.each([
    { cohorts: [prn('cohort')], products: [prn('product')] },
    { cohorts: [prn('product')] },
    { products: ['router'] },
    { tags: ['a\0'] },
    { where: { pointer: '/a'.repeat(16), eq: '' } },
    { where: { pointer: '/a'.repeat(17), eq: '' } },
    { where: { pointer: '/a\0', eq: '' } },
    { where: { pointer, eq: 'a\0' } },
    { where: { pointer, in: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null] } },
    { where: { pointer, in: [BEYOND] } },
    { where: { pointer, lt: -BEYOND } },
    { where: { and: [{ not: { or: [{ pointer, exists: true }] } }] } },
    { where: { and: [{ not: { or: [{ pointer }] } }] } },
    { where: { not: {} } },
    { where: { or: [{ and: [] }] } },
  ])('is told by its JSON Schema as it is read: %j', (filter) => {
    const isValid = new Ajv2020({ strict: false }).compile(FILTER_JSON_SCHEMA);
    expect(isValid(filter)).toBe(faultsOf(filter).length === 0);
  });

  it('that is stored already goes on being read', () => {
    expect(readFilter({ where: { pointer, eq: BEYOND } }).kind).toBe('filter');
  });
});
