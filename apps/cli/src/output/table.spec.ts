import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonText, painter, printable } from './style.js';
import { tableLines, type Column } from './table.js';
import { wrap } from './wrap.js';

interface Row {
  readonly id: string;
  readonly words: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'WORDS', cell: ({ words }) => words, canShrink: true },
  { title: 'COUNT', cell: ({ count }) => ({ text: String(count), meaning: 'good' }), align: 'right' },
];
const plain = painter(false);

describe('tableLines', () => {
  it('aligns, and leaves no blanks behind', () => {
    const rows = [
      { id: 'a', words: 'one', count: 7 },
      { id: 'bcd', words: 'twenty-two', count: 1_000 },
    ];
    expect(tableLines(COLUMNS, rows, plain, 80)).toEqual([
      'ID   WORDS       COUNT',
      'a    one             7',
      'bcd  twenty-two   1000',
    ]);
  });

  it('cuts what may be cut, and nothing when it is told so', () => {
    const rows = [{ id: 'a', words: 'a text that is too long', count: 1 }];
    expect(tableLines(COLUMNS, rows, plain, 24)[1]).toBe('a   a text that …      1');
    expect(tableLines(COLUMNS, rows, plain, undefined)[1]).toContain('a text that is too long');
  });

  it('fits 80 columns whatever is in the columns that may be cut', () => {
    const row = fc.record({
      id: fc.uuid(),
      words: fc.string({ unit: 'binary', maxLength: 200 }),
      count: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        for (const line of tableLines(COLUMNS, rows, plain, 80))
          expect(Array.from(line).length).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('colours without changing what stands where', () => {
    const rows = [{ id: 'a', words: 'b', count: 1 }];
    const colored = tableLines(COLUMNS, rows, painter(true), 80);
    // oxlint-disable-next-line no-control-regex -- it is what is taken away
    expect(colored.map((line) => line.replaceAll(/\u001B\[\d+m/g, ''))).toEqual(tableLines(COLUMNS, rows, plain, 80));
    expect(colored[1]).toContain('\u001B[32m1\u001B[39m');
  });
});

it('what others wrote cannot steer the terminal', () => {
  expect(printable('a\u001B[2Jb\nc\u009Bd\u007F')).toBe('a␛[2Jb c\uFFFDd\uFFFD');
});

it('JSON for a terminal stays the same JSON', () => {
  const written = { text: 'a\u001B[2Jb\u009Bc\u007Fé\u00A0' };
  expect(jsonText(written)).toBe(String.raw`{"text":"a\u001b[2Jb\u009bc\u007fé "}`);
  expect(JSON.parse(jsonText(written, 2))).toEqual(written);
});

it('wrap keeps every word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^\S{1,30}$/), { minLength: 1 }),
      fc.integer({ min: 10, max: 80 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        expect(lines.filter((line) => line.includes(' ') && line.length > width)).toEqual([]);
      },
    ),
  );
});
