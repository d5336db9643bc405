import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readSearch } from './search-language.js';

const OPERATORS = [':', '-', '~', '<', '<=', '>', '>='] as const;

const quoted = fc
  .string({ unit: fc.constantFrom('a', ' ', 'and', "'", '\\', ':', '~', 'é', '😀', '%', '\n'), maxLength: 8 })
  // The language has no way to write a backslash before a quote, or as the last character.
  .filter((text) => !/\\'|\\$/.test(text));
const value = fc.oneof(
  quoted.map((text) => ({ text, written: `'${text.replaceAll("'", "\\'")}'`, isQuoted: true })),
  fc
    .oneof(fc.constantFrom('true', 'false'), fc.integer().map(String), fc.constant('1.5'))
    .map((text) => ({ text, written: text, isQuoted: false })),
);
const clause = fc.record({
  key: fc.stringMatching(/^[a-z_]{1,12}$/),
  operator: fc.constantFrom(...OPERATORS),
  value,
});

describe('readSearch', () => {
  it('reads back whatever was written, and where it stands', () => {
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 5 }), fc.nat({ max: 3 }), (written, blanks) => {
        const text =
          ' '.repeat(blanks) +
          written.map(({ key, operator, value: { written: as } }) => `${key}${operator}${as}`).join(' and ');
        const result = readSearch(text);
        if (result.kind === 'fault') throw new Error(`${text}: ${result.message}`);
        expect(
          result.clauses.map(({ key, operator, value: { text: of, isQuoted } }) => [
            key.text,
            operator.text,
            of,
            isQuoted,
          ]),
        ).toEqual(written.map(({ key, operator, value: { text: of, isQuoted } }) => [key, operator, of, isQuoted]));
        for (const { key, operator, value: found } of result.clauses) {
          expect(text.startsWith(key.text, key.at - 1)).toBe(true);
          expect(text.startsWith(operator.text, operator.at - 1)).toBe(true);
          expect(text.startsWith(found.isQuoted ? "'" : found.text, found.at - 1)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes exactly what a naive reading takes', () => {
    const piece = fc.oneof(
      fc.constantFrom("'", "\\'", '\\', ' and ', ' ', 'and', 'prn', 'description', "'x'", "''", 'true', '12', '.', 'é'),
      fc.constantFrom(...OPERATORS),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const result = readSearch(text);
        expect([text, result.kind === 'clauses']).toEqual([text, isNaivelyRead(text.trim())]);
        const place = result.kind === 'fault' ? placeOf(result.message) : 0;
        expect(place).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 5_000 },
    );
  });

  it('never throws, whatever it is asked', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(() => readSearch(text)).not.toThrow();
      }),
    );
  });
});

/** The grammar character by character, without a regular expression that could be the same mistake. */
function isNaivelyRead(text: string): boolean {
  if (text === '') return true;
  let rest = text;
  for (let clauses = 1; clauses <= 5; clauses++) {
    let key = 0;
    while (key < rest.length && /[A-Za-z0-9_.]/.test(rest[key] ?? '')) key++;
    const operator = rest.slice(key).match(/^(<=|>=|[:~<>-])/)?.[0] ?? '';
    if (key === 0 || operator === '') return false;
    const end = valueEnd(rest, key + operator.length);
    if (end === undefined) return false;
    rest = rest.slice(end);
    if (rest === '') return true;
    if (!rest.startsWith(' and ')) return false;
    rest = rest.slice(' and '.length);
  }
  return false;
}

function valueEnd(text: string, start: number): number | undefined {
  if (text[start] !== "'") {
    let end = start;
    while (end < text.length && text[end] !== "'" && !/\s/.test(text[end] ?? '')) end++;
    const bare = text.slice(start, end);
    const isNumber = bare !== '' && /^[+-]?[0-9]/.test(bare) && /[0-9]$/.test(bare) && /^[+-]?[0-9.]+$/.test(bare);
    return bare === 'true' || bare === 'false' || (isNumber && bare.split('.').length <= 2) ? end : undefined;
  }
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\' && text[index + 1] === "'") index++;
    else if (text[index] === "'") return index + 1;
  }
  return undefined;
}

function placeOf(message: string): number {
  return Number(/^at character (\d+): /.exec(message)?.[1] ?? 0);
}
