import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LONG_LINE, NdjsonLines, type Line } from './ndjson-lines.js';

const MAX_LINE_BYTES = 12;

/** What comes out of a body that arrives in these pieces. */
function linesOf(chunks: readonly Buffer[]): string[] {
  const seen: string[] = [];
  const see = (line: Line | typeof LONG_LINE): unknown =>
    seen.push(line === LONG_LINE ? '(long)' : line.bytes.toString('utf8', line.start, line.end));
  const lines = new NdjsonLines(MAX_LINE_BYTES);
  for (const chunk of chunks) {
    for (const line of lines.write(chunk)) see(line);
    expect(lines.heldBytes).toBeLessThanOrEqual(MAX_LINE_BYTES);
  }
  const last = lines.end();
  if (last !== undefined) see(last);
  expect(lines.heldBytes).toBe(0);
  return seen;
}

/** The same, with the whole body at hand. */
function naive(text: string): string[] {
  return text
    .split('\n')
    .map((line, index) =>
      Buffer.byteLength(line) > MAX_LINE_BYTES ? '(long)' : trim(index === 0 ? line.replace(/^\ufeff/, '') : line),
    )
    .filter((line) => line !== '');
}

const trim = (line: string): string => line.replaceAll(/^[ \t\r]+|[ \t\r]+$/g, '');

const piece = fc.constantFrom('a', 'é', '{"a":1}', '\n', '\r\n', '\n', ' ', '\t', '\n\n', 'xxxxxxxx');
const body = fc
  .tuple(fc.constantFrom('', '', '\ufeff'), fc.array(piece, { maxLength: 20 }))
  .map(([mark, pieces]) => mark + pieces.join(''));

describe('NdjsonLines', () => {
  it('cuts the same lines however the body arrives', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(60), { maxLength: 10 }), (text, cuts) => {
        const bytes = Buffer.from(text);
        const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].toSorted(
          (a, b) => a - b,
        );
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(linesOf(chunks)).toEqual(naive(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('cuts byte by byte', () => {
    const text = '{"a":1}\r\n\n {"é":2}\nxxxxxxxxxxxxxxxxxxxx\nlast';
    expect(linesOf([...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toEqual([
      '{"a":1}',
      '{"é":2}',
      '(long)',
      'last',
    ]);
  });
});
