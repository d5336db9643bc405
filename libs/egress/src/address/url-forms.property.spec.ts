import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DialPolicy } from './dial-policy.js';
import { Targets } from '../connections/origin.js';

const policy = new DialPolicy();
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

const bases = [
  (value: number) => String(value),
  (value: number) => `0${value.toString(8)}`,
  (value: number) => `0x${value.toString(16)}`,
  (value: number) => `0X000${value.toString(16).toUpperCase()}`,
] as const;

/** One of the ways in which a URL may write an IPv4 address: one to four parts, each in any base; then characters in disguise. */
const written = fc
  .record({
    value: fc.integer({ min: 0, max: 0xffffffff }),
    parts: fc.integer({ min: 1, max: 4 }),
    base: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    dot: fc.constantFrom('.', '。', '．', '｡'),
    disguise: fc.array(fc.constantFrom('as it is', 'percent', 'full width'), { minLength: 48, maxLength: 48 }),
    lastDot: fc.boolean(),
  })
  .map(({ value, parts, base, dot, disguise, lastDot }) => {
    const bytes = dotted(value).split('.').map(Number);
    const numbers = [...bytes.slice(0, parts - 1), bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0)];
    const plain =
      numbers.map((number, index) => bases[base[index] ?? 0]?.(number) ?? '').join('.') + (lastDot ? '.' : '');
    const host = plain
      .split('')
      .map((character, index) => {
        if (character === '.') return dot;
        const way = disguise[index % disguise.length];
        if (way === 'percent') return `%${character.charCodeAt(0).toString(16)}`;
        return way === 'full width' ? String.fromCharCode(character.charCodeAt(0) + 0xfee0) : character;
      })
      .join('');
    return { address: dotted(value), url: `https://${host}/` };
  });

describe('an IPv4 address in a URL', () => {
  it('is the same address, however it is written, and is refused or dialled as that', () => {
    fc.assert(
      fc.property(written, ({ address, url }) => {
        const target = new Targets(policy).of(url);
        const refusal = policy.guard.refusal(address);
        const found = typeof target === 'string' ? target.includes(refusal ?? '\0') : target.origin.host;
        expect(found).toBe(refusal === undefined ? address : true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('any text', () => {
  const scraps = fc.constantFrom(
    'https://',
    '127.0.0.1',
    '[::1]',
    '@',
    '\\',
    '/',
    '#',
    '?',
    ':',
    '%',
    '.',
    '0x',
    'localhost',
    '::ffff:',
    ']',
  );

  it('is no URL, or has a host that is looked up, or one that may be dialled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(scraps, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 }),
        (pieces) => {
          const url = `https://${pieces.join('')}`;
          const target = new Targets(policy).of(url);
          if (typeof target === 'string') return;
          const { host, port } = target.origin;
          expect(port).toBeGreaterThan(0);
          expect(host).not.toMatch(/(^|\.)localhost\.?$/i);
          const isAddress = /^[\d.]+$/.test(host) || host.includes(':');
          expect(isAddress ? policy.guard.refusal(host) : undefined).toBeUndefined();
          expect(target.path).toMatch(/^\/[\x21-\x7e]*$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
