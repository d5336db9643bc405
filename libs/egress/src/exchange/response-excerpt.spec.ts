import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { excerptOf, MAX_EXCERPT_BYTES } from './response-excerpt.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('an excerpt', () => {
  it.each([
    ['text as it is', bytes('{"error":"nö"}'), true, '{"error":"nö"}'],
    ['nothing', Buffer.alloc(0), true, ''],
    ['NUL left out', bytes('a\0b\0'), true, 'ab'],
    ['bytes that are no UTF-8 replaced', Buffer.from([0x61, 0xff, 0x62]), true, 'a\ufffdb'],
    ['a character cut by the end of the body replaced', bytes('a€').subarray(0, 3), true, 'a\ufffd'],
    ['a character whose rest has not come left out', bytes('a€').subarray(0, 3), false, 'a'],
    ['an overlong form replaced', Buffer.from([0xc0, 0x80]), true, '\ufffd\ufffd'],
    ['a surrogate in UTF-8 replaced', Buffer.from([0xed, 0xa0, 0x80]), true, '\ufffd\ufffd\ufffd'],
  ])('%s', (_, body, isComplete, expected) => {
    expect(excerptOf(body, isComplete)).toBe(expected);
  });

  it('ends before a character that the limit would cut', () => {
    const body = bytes(`${'x'.repeat(MAX_EXCERPT_BYTES - 2)}€ and more`);
    expect(excerptOf(body, true)).toBe('x'.repeat(MAX_EXCERPT_BYTES - 2));
  });

  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 6_000 }).map((array) => Buffer.from(array)),
    fc.string({ unit: 'grapheme', maxLength: 3_000 }).map(bytes),
    fc
      .tuple(fc.constantFrom('€', '😀', 'é', '\0', '\u{d7ff}'), fc.integer({ min: 0, max: 5_000 }))
      .map(([unit, times]) => bytes(unit.repeat(times))),
    fc.integer({ min: 0, max: 5_000 }).map((length) => Buffer.alloc(length, 0xff)),
  );

  it('is always well formed, free of NUL and short enough to be stored', () => {
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, isComplete) => {
        const excerpt = excerptOf(body, isComplete);
        expect(excerpt.isWellFormed()).toBe(true);
        expect(excerpt).not.toContain('\0');
        expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(MAX_EXCERPT_BYTES);
      }),
    );
  });

  it('is a beginning of valid text, and all of it when it is short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 5_000 }), (text) => {
        const clean = text.replaceAll('\0', '');
        const body = bytes(clean);
        const excerpt = excerptOf(body, true);
        expect(clean.startsWith(excerpt)).toBe(true);
        expect(Buffer.byteLength(excerpt)).toBeGreaterThanOrEqual(Math.min(body.length, MAX_EXCERPT_BYTES - 3));
      }),
    );
  });
});
