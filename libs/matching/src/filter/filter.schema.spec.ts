import { describe, expect, it } from '@jest/globals';
import { EventFilterField } from './filter.schema.js';
import { readFilter } from './read-filter.js';

const pointer = '/data/data/serial';
const BEYOND = 2 ** 53;

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

  it('that is stored already goes on being read', () => {
    expect(readFilter({ where: { pointer, eq: BEYOND } }).kind).toBe('filter');
  });
});
