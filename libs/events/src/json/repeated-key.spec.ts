import { describe, expect, it } from '@jest/globals';
import { repeatedKeyOf } from './repeated-key.js';

const repeated = (text: string): string | undefined =>
  repeatedKeyOf(Buffer.from(text), JSON.parse(text.replace(/^\ufeff/, '')));

describe('repeatedKeyOf', () => {
  it.each([
    ['{"a":1,"a":1}', '/a'],
    ['\ufeff{"a":[0,{"b/c":1,"b\\u002fc":2}]}', '/a/1/b~1c'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    // More faults of another kind before it than are kept.
    [`{"n":[${'1e17,'.repeat(50)}0],"a":1,"a":2}`, '/a'],
  ])('finds the key in %s', (text, pointer) => {
    expect(repeated(text)).toBe(pointer);
  });

  it.each(['{"a":{"a":[{"a":1},{"a":2}]}}', '{"a":":","b":9007199254740993}', 'null', '[]'])(
    'finds none in %s',
    (text) => {
      expect(repeated(text)).toBeUndefined();
    },
  );

  it('leaves alone what is nested without end', () => {
    expect(repeated(`{"a":1,"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).toBeUndefined();
  });
});
