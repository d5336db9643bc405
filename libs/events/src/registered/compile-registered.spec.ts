import { describe, expect, it } from '@jest/globals';
import { compileSchema } from '../payload-check.js';

const MUCH = 256 * 1_024;
const TOO_MUCH = { '/data/data': ['takes more work to check against its schema than one event may'] };

/** An object within an object within an object … */
function nestedBy(depth: number, leaf: unknown): unknown {
  return depth === 0 ? leaf : { x: nestedBy(depth - 1, leaf) };
}

// Each of these would take minutes or years if its work were not bounded: that they end at all is what is checked.
describe('checking a payload ends', () => {
  it('when every level doubles the work', () => {
    const twice = { properties: { x: { $ref: '#/$defs/node' } } };
    const check = compileSchema({
      $ref: '#/$defs/node',
      $defs: { node: { anyOf: [twice, twice], required: ['end'] } },
    });
    expect(check(nestedBy(60, {}))).toEqual(TOO_MUCH);
    expect(check({ end: 1, x: { end: 2 } })).toBeUndefined();
  });

  it('when it doubles within a keyword of an earlier draft', () => {
    const again = { allOf: [{ $ref: '#/dependencies/x' }, { $ref: '#/dependencies/x' }] };
    expect(compileSchema({ dependencies: { x: { properties: { x: again } } } })(nestedBy(60, {}))).toEqual(TOO_MUCH);
  });

  it('when definitions double from one to the next', () => {
    const $defs: Record<string, object> = { d0: { type: 'object' } };
    for (let n = 1; n <= 60; n++)
      $defs[`d${n}`] = { allOf: [{ $ref: `#/$defs/d${n - 1}` }, { $ref: `#/$defs/d${n - 1}` }] };
    expect(compileSchema({ $ref: '#/$defs/d60', $defs })({})).toEqual(TOO_MUCH);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(.*a){20}$', '(x+x+)+y', 'a+b', '(?:a?){60}a{60}'])(
    'when a pattern is %s',
    (pattern) => {
      expect(() => compileSchema({ pattern })(`${'a'.repeat(MUCH)}!`)).not.toThrow();
      expect(() =>
        compileSchema({ patternProperties: { [pattern]: {} } })({ [`${'x'.repeat(MUCH)}!`]: 1 }),
      ).not.toThrow();
    },
  );

  it('when every string is long and its pattern costly', () => {
    const check = compileSchema({ items: { pattern: '^[ab]{0,100}[ab]*$' } });
    const items = Array.from({ length: 200 }, (_, index) => 'aab'.repeat(400 + index));
    expect(check(items)).toEqual(TOO_MUCH);
  });

  it('when many items must be distinct', () => {
    const check = compileSchema({ properties: { items: { uniqueItems: true } } });
    expect(check({ items: Array.from({ length: 60_000 }, (_, n) => ({ n })) })).toBeUndefined();
    expect(check({ items: [{ a: 1, b: [2] }, 7, { b: [2], a: 1 }] })).toEqual({
      '/data/data/items': ['must not have equal items'],
    });
  });

  it('when every item is gone through with a long list', () => {
    const check = compileSchema({ items: { enum: Array.from({ length: 3_000 }, (_, n) => `v${n}`) } });
    expect(check(Array.from({ length: 60_000 }, () => 1))).toBeDefined();
    const lists = {
      items: { anyOf: [{ enum: Array.from({ length: 3_000 }, (_, n) => `v${n}`) }, { type: 'integer' }] },
    };
    expect(compileSchema(lists)(Array.from({ length: 60_000 }, () => 1))).toEqual(TOO_MUCH);
  });

  it.each(['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference'])(
    'when a text of format %s is long',
    (format) => {
      const check = compileSchema({ format });
      for (const text of ['a', ':', '1', '@', '.', 'a.', '1:', 'a@', '%61', '/', '-', '0T', ' '])
        expect(() => check(text.repeat(MUCH / text.length))).not.toThrow();
    },
  );
});

describe('what a check says', () => {
  const check = compileSchema({
    type: 'object',
    required: ['door'],
    properties: {
      door: { type: 'integer' },
      code: { type: 'string', pattern: '^[A-Z]{3}$' },
      open: { type: 'boolean' },
    },
  });

  it('is everything that is wrong, by pointer', () => {
    expect(check({ code: 'x', open: 1 })).toEqual({
      '/data/data/door': ['is required'],
      '/data/data/code': ['must match pattern "^[A-Z]{3}$"'],
      '/data/data/open': ['must be boolean'],
    });
  });

  it('is the first fault where there are very many', () => {
    const errors = compileSchema({ items: { type: 'string' } })(Array.from({ length: 200_000 }, () => 1));
    expect(errors).toEqual({ '/data/data/0': ['must be string'] });
  });
});
