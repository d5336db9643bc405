import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { linearPattern } from './linear-pattern.js';

/** Patterns of what both kinds of matcher have, over three letters, so that they often match. */
const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\d', '\\.'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  pattern: fc
    .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{0,2}', '{1,}', '|')), {
      maxLength: 4,
    })
    .map((parts) => parts.map(([atom, quantifier]) => (quantifier === '|' ? `${atom}|` : atom + quantifier)).join('')),
}));

/**
 * Short, since JavaScript's matcher is what is compared with: with nested repetitions every further letter makes it about ten times slower,
 * and after billions of steps it answers no to a text that matches.
 */
const letters = fc.array(fc.constantFrom('a', 'b', 'c', '1', '.', 'é'), { maxLength: 5 }).map((each) => each.join(''));

const anchored = fc
  .tuple(fc.constantFrom('', '^'), pattern, fc.constantFrom('', '$'))
  .map(([start, inner, end]) => `${start}(?:${inner})${end}`);

describe('linearPattern', () => {
  it('finds what JavaScript finds', () => {
    fc.assert(
      fc.property(anchored, letters, (source, text) => {
        const linear = linearPattern(source);
        fc.pre('test' in linear);
        expect(linear.test(text)).toBe(new RegExp(source, 'u').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds what JavaScript takes a minute to miss', () => {
    const linear = linearPattern(
      String.raw`(?:((?:c?(a*?([^a]*?)|[ab]|){2}(?:)+(.{0,2}){0,2})(?:.|)(\d(?:\d+.?c|[^a]*?){1,}\w|){0,2})*a|(?:(\w*\w){1,}){2})$`,
    );
    expect('test' in linear && linear.test('.éc.c11cc')).toBe(true);
  });

  it('says how large every pattern is that it takes', () => {
    fc.assert(
      fc.property(anchored, (source) => {
        const linear = linearPattern(source);
        expect('test' in linear ? linear.size : 1).toBeGreaterThan(0);
        expect('test' in linear ? linear.size : 1).toBeLessThanOrEqual(384);
      }),
    );
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?<!a)b',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(',
    '[',
    'a**',
    'a{2000}',
    '\\Aa',
    '(?P<n>a)',
    '[[:alpha:]]',
  ])('refuses %s', (source) => {
    expect(linearPattern(source)).toHaveProperty('refused');
  });

  it.each([
    ['^\\u00e9$', 'é'],
    ['^\\u{1F600}$', '😀'],
    ['^.$', '😀'],
    ['^(?<year>\\d{4})-(?<month>\\d\\d)$', '2026-01'],
    ['^\\p{Lu}\\/[\\-]$', 'É/-'],
    ['^[\\w-]+@[\\w.]+$', 'a-b@c.d'],
    ['^prn:1:[^:\\s]{1,64}:device:[^:\\s]{1,64}$', 'prn:1:o:device:d'],
  ])('reads %s as JavaScript does', (source, text) => {
    const linear = linearPattern(source);
    expect('test' in linear && linear.test(text)).toBe(true);
    expect(new RegExp(source, 'u').test(text)).toBe(true);
  });
});
