import { describe, expect, it } from '@jest/globals';
import { describedAs } from './webhook-search.js';

describe('a search of webhooks by description', () => {
  it('asks for all of them when nothing is typed', () => {
    expect(describedAs('')).toBeUndefined();
    expect(describedAs('\\')).toBeUndefined();
  });

  it.each([
    ['fleet', "description~'fleet'"],
    ["it's", String.raw`description~'it\'s'`],
    [String.raw`C:\hooks`, String.raw`description~'C:\hooks'`],
    ['C:\\', "description~'C:'"],
  ])('finds %j as it is written', (text, search) => {
    expect(describedAs(text)).toBe(search);
  });
});
