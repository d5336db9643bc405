import { describe, expect, it } from '@jest/globals';
import { inputOf, NO_FILTER, readFilter, switched, type FilterInput } from './filter-input.js';

const json = (text: string): FilterInput => ({ kind: 'json', text });
const DEEP = { where: { and: [{ or: [{ pointer: '/a', eq: 1 }] }] } };
const FLAT = { where: { pointer: '/a', eq: 1 } };

describe('a filter that is being made', () => {
  it.each(['{"where": {"pointer": "/a", "eq": 1}', '{"where": ', 'pump', 'null', '[]', '7'])(
    'is wrong, and neither none nor what stood there before, while it says %s',
    (text) => {
      expect(readFilter(json(text))).toEqual({ kind: 'wrong', message: expect.stringMatching(/^It (is|must) /) });
    },
  );

  it('is none when nothing stands there', () => {
    expect(readFilter(NO_FILTER)).toEqual({ kind: 'fine', filter: null });
    expect(readFilter(json(' \n'))).toEqual({ kind: 'fine', filter: null });
  });

  it('is what the JSON says', () => {
    expect(readFilter(json(JSON.stringify(DEEP)))).toEqual({ kind: 'fine', filter: DEEP });
  });

  it.each([null, FLAT, DEEP])('stays itself from JSON to rows and back: %j', (filter) => {
    for (const to of ['json', 'rows'] as const)
      expect(readFilter(switched(inputOf(filter), to))).toEqual({ kind: 'fine', filter });
    expect(readFilter(switched(switched(inputOf(filter), 'json'), 'rows'))).toEqual({ kind: 'fine', filter });
  });

  it.each([JSON.stringify(DEEP), '{"where": '])('stays JSON where rows cannot show it: %s', (text) => {
    expect(switched(json(text), 'rows').kind).toBe('json');
  });

  it('comes in rows where they can show it', () => {
    expect(switched(json(JSON.stringify(FLAT)), 'rows').kind).toBe('rows');
    expect(inputOf(DEEP).kind).toBe('json');
  });
});
