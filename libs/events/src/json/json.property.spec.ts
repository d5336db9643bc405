import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EventTypes } from '../event-types.js';
import { normaliseBody } from '../envelope/normalise-body.js';
import { newOrganizationPrn } from '../names/prn.js';
import { parseEventName } from '../names/event-name.js';
import { findJsonFaults } from './json-faults.js';
import { countKeys, JsonScan } from './json-scan.js';

/** A JSON text as people write it: any blanks, escapes, number spellings, and sometimes a key twice. */
interface Written {
  readonly text: string;
  readonly keys: number;
  readonly depth: number;
  readonly duplicates: boolean;
  readonly halves: boolean;
}

const blank = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n ');
const leaf = (text: string): Written => ({ text, keys: 0, depth: 0, duplicates: false, halves: false });

const characters = fc.array(
  fc.oneof(
    fc.constantFrom(
      'a',
      'é',
      '😀',
      '\u2028',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '\\"',
      '\\\\',
      '\\/',
      '\\n',
      '\\u00e9',
      '\\u0022',
      '\\ud83d\\ude00',
      '1e9',
    ),
    fc.constantFrom('\\ud83d', '\\uDe00').map((half) => half),
  ),
  { maxLength: 6 },
);
const text = characters.map((parts) => `"${parts.join('')}"`);
const string = text.map((token): Written => ({
  ...leaf(token),
  halves: !(JSON.parse(token) as string).isWellFormed(),
}));
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('0', '-0', '1.0', '1e2', '1E+2', '0.10', '-12.5e-3'),
);
const scalar = fc.oneof(number.map(leaf), fc.constantFrom('true', 'false', 'null').map(leaf), string);

const { value: json } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.tuple(blank, fc.array(tie('value'), { maxLength: 4 })).map(([space, items]): Written => ({
      text: `[${space}${items.map((item) => item.text).join(`${space},`)}${space}]`,
      keys: items.reduce((sum, item) => sum + item.keys, 0),
      depth: 1 + Math.max(0, ...items.map((item) => item.depth)),
      duplicates: items.some((item) => item.duplicates),
      halves: items.some((item) => item.halves),
    })),
    fc.tuple(blank, fc.array(fc.tuple(text, tie('value')), { maxLength: 4 })).map(([space, entries]): Written => {
      const keys = entries.map(([key]) => JSON.parse(key) as string);
      return {
        text: `{${space}${entries.map(([key, item]) => `${key}${space}:${space}${item.text}`).join(`,${space}`)}${space}}`,
        keys: entries.reduce((sum, [, item]) => sum + item.keys, entries.length),
        depth: 1 + Math.max(0, ...entries.map(([, item]) => item.depth)),
        duplicates: new Set(keys).size < keys.length || entries.some(([, item]) => item.duplicates),
        halves: keys.some((key) => !key.isWellFormed()) || entries.some(([, item]) => item.halves),
      };
    }),
  ),
}));

describe('JSON scan', () => {
  it('agrees with how the text was made', () => {
    fc.assert(
      fc.property(json, blank, (written, space) => {
        const scan = new JsonScan();
        const bytes = Buffer.from(`${space}${written.text}${space}`);
        expect(scan.scan(bytes, 0, bytes.length)).toBe(bytes.length);
        expect(scan.keys).toBe(written.keys);
        expect(scan.depth).toBe(written.depth);
        expect(scan.ascii).toBe(bytes.every((byte) => byte < 0x80));
        const parsed: unknown = JSON.parse(written.text);
        expect(scan.keys !== countKeys(parsed)).toBe(written.duplicates);
        const faultless = findJsonFaults(written.text) === undefined;
        const suspected = scan.doubtful || scan.keys !== countKeys(parsed);
        // Where the scan has no doubt, nothing is there to find.
        expect({ suspected, faultless }).not.toEqual({ suspected: false, faultless: false });
        expect({ wrong: written.duplicates || written.halves, faultless }).not.toEqual({
          wrong: true,
          faultless: true,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('finds the end of each item of an array', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), (items) => {
        const bytes = Buffer.from(`[${items.map((item) => item.text).join(',')}]`);
        const scan = new JsonScan();
        const found: string[] = [];
        let at = 0;
        while (at < bytes.length - 1) {
          const end = scan.scan(bytes, at + 1, bytes.length);
          found.push(bytes.toString('utf8', at + 1, end));
          at = end;
        }
        expect(found).toEqual(items.map((item) => item.text));
      }),
    );
  });

  it('ends, in bounds, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        const end = new JsonScan().scan(bytes, from, bytes.length);
        expect(end).toBeGreaterThanOrEqual(from);
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('normalised body', () => {
  const organization = newOrganizationPrn();
  const types = new EventTypes();
  types.register(organization, parseEventName('any.thing'), {});
  const source = { organization, nowMs: 0, types, maxEventBytes: 262_144 };

  it('is what JSON.stringify(JSON.parse(body)) gives, with the payload that was sent; or a place is named', () => {
    fc.assert(
      fc.property(json, (written) => {
        const sent = `{"type":"any","data":{"type":"thing","data":{"payload":${written.text}}}}`;
        const result = normaliseBody(Buffer.from(sent), source);
        expect(result.kind === 'event').toBe(findJsonFaults(sent) === undefined);
        if (result.kind !== 'event')
          return Object.keys(result.errors).every((pointer) => pointer.startsWith('/data/data/payload'));
        expect(written.duplicates || written.halves).toBe(false);
        const body = result.body.toString();
        expect(JSON.stringify(JSON.parse(body))).toBe(body);
        const { data } = JSON.parse(body) as { data: { data: { payload: unknown } } };
        expect(JSON.stringify(data.data.payload)).toBe(JSON.stringify(JSON.parse(written.text)));
        const again = normaliseBody(result.body, source);
        return again.kind === 'event' && again.body.equals(result.body);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }),
          fc.string().map((value) => Buffer.from(value)),
          fc.json().map((value) => Buffer.from(value)),
        ),
        (bytes) => {
          expect(normaliseBody(Buffer.from(bytes), source).kind).toBe('refused');
        },
      ),
    );
  });

  it('goes through a string of any length', () => {
    const long = 'x'.repeat(9_000_000);
    expect(findJsonFaults(`["${long}","\\ud800"]`)).toEqual({ '/1': ['holds half of a surrogate pair'] });
  });
});
