import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { draftOf, EMPTY_DRAFT, filterOf, pointersOf, type ConditionDraft, type Operator } from './filter-model.js';

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

const condition: fc.Arbitrary<ConditionDraft> = fc
  .record({
    pointer: fc.string(),
    operator: fc.constantFrom<Operator>('eq', 'in', 'prefix', 'exists', 'gt', 'lt'),
    scalars: fc.array(scalar, { minLength: 1, maxLength: 4 }),
    isNegated: fc.boolean(),
  })
  .map(({ pointer, operator, scalars, isNegated }) => {
    const used = operator === 'exists' ? [] : operator === 'in' ? scalars : scalars.slice(0, 1);
    const isText = used.every((one) => typeof one === 'string');
    const values = used.map((one) => (isText ? String(one) : JSON.stringify(one)));
    return { pointer, operator, values, reading: isText ? 'text' : 'json', isNegated };
  });

const draft = fc.record({
  lists: fc.record({
    devices: fc.array(fc.string(), { maxLength: 3 }),
    cohorts: fc.array(fc.string(), { maxLength: 3 }),
    tags: fc.array(fc.string(), { maxLength: 3 }),
    products: fc.array(fc.string(), { maxLength: 3 }),
  }),
  join: fc.constantFrom<'and' | 'or'>('and', 'or'),
  conditions: fc.array(condition, { maxLength: 4 }),
});

const filterWith = (reading: 'text' | 'json', value: string) =>
  filterOf({
    ...EMPTY_DRAFT,
    conditions: [{ pointer: '/a', operator: 'eq', values: [value], reading, isNegated: false }],
  });

describe('the filter builder', () => {
  it('shows every filter that it made as it was made', () => {
    fc.assert(
      fc.property(draft, (made) => {
        const shown = draftOf(filterOf(made));
        expect(shown && filterOf(shown)).toEqual(filterOf(made));
      }),
    );
  });

  it('says nothing for nothing, so that everything passes', () => {
    expect(filterOf(EMPTY_DRAFT)).toBeNull();
    expect(draftOf(null)).toEqual(EMPTY_DRAFT);
  });

  it('tells numbers from texts', () => {
    expect(filterWith('text', '1.0')).toEqual({ where: { pointer: '/a', eq: '1.0' } });
    expect(filterWith('json', '1.5')).toEqual({ where: { pointer: '/a', eq: 1.5 } });
    expect(filterWith('json', 'null')).toEqual({ where: { pointer: '/a', eq: null } });
  });

  it.each([
    { where: { and: [{ or: [{ pointer: '/a', eq: 1 }] }] } },
    { where: { not: { not: { pointer: '/a', eq: 1 } } } },
    { where: { not: { and: [{ pointer: '/a', eq: 1 }] } } },
    { later: ['x'] },
  ])('leaves what it cannot show to be edited as JSON: %j', (filter) => {
    expect(draftOf(filter)).toBeUndefined();
  });

  it('finds the places of an event', () => {
    expect(pointersOf({ type: 'device', data: { type: 'x', data: { 'a/b': 1, list: [1], none: null } } })).toEqual([
      '/type',
      '/data/type',
      '/data/data/a~1b',
      '/data/data/list',
      '/data/data/none',
    ]);
  });
});
