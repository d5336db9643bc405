import { describe, expect, it } from '@jest/globals';
import { parseDurationMs } from '@fleethook/config';
import { ownHeaderFaults } from '@fleethook/egress';
import { isPrn, normaliseEventName, normaliseTimestamp, RESOURCE_TYPES } from '@fleethook/events';
import * as fc from 'fast-check';
import { nameOfThing } from '../api-keys/api-key.schemas.js';
import { textFilter } from '../listing/filter.schemas.js';
import { anyPrnPattern } from '../listing/reply-fields.js';
import { REQUEST_SETTINGS } from '../webhooks/request-settings.schemas.js';
import {
  CATEGORY_PATTERN,
  DURATION_OR_NEVER_PATTERN,
  EVENT_NAME_PATTERN,
  HEADER_NAME_PATTERN,
  HEADER_VALUE_PATTERN,
  NOT_BLANK_PATTERN,
  PASSWORD_PATTERN,
  SUBTYPE_PATTERN,
  TEXT_PATTERN,
  USER_NAME_PATTERN,
  UTC_TIME_PATTERN,
} from './patterns.js';

const { basic_auth: basicAuth } = REQUEST_SETTINGS;
const isReserved = (faults: readonly string[]): boolean => faults.every((fault) => fault.endsWith('is reserved'));

/** `isTaken`: as the code that reads the text has it. */
const EXACT = [
  { what: 'a text', pattern: TEXT_PATTERN, isTaken: (text: string) => textFilter.safeParse(text).success },
  { what: 'a name', pattern: NOT_BLANK_PATTERN, isTaken: (text: string) => nameOfThing.safeParse(text).success },
  { what: 'an event', pattern: EVENT_NAME_PATTERN, isTaken: (text: string) => normaliseEventName(text) !== undefined },
  {
    what: 'a category',
    pattern: CATEGORY_PATTERN,
    isTaken: (text: string) => normaliseEventName(`${text}.a`) !== undefined,
  },
  {
    what: 'an event of a category',
    pattern: SUBTYPE_PATTERN,
    isTaken: (text: string) => normaliseEventName(`a.${text}`) !== undefined,
  },
  {
    what: 'a duration',
    pattern: DURATION_OR_NEVER_PATTERN,
    isTaken: (text: string) => text === 'never' || parseDurationMs(text) !== undefined,
  },
  {
    what: 'a name of a header',
    pattern: HEADER_NAME_PATTERN,
    isTaken: (text: string) => isReserved(ownHeaderFaults({ [text]: 'x' })),
  },
  {
    what: 'a value of a header',
    pattern: HEADER_VALUE_PATTERN,
    isTaken: (text: string) => ownHeaderFaults({ x: text }).length === 0,
  },
  {
    what: 'a user name',
    pattern: USER_NAME_PATTERN,
    isTaken: (username: string) => basicAuth.safeParse({ username, password: '' }).success,
  },
  {
    what: 'a password',
    pattern: PASSWORD_PATTERN,
    isTaken: (password: string) => basicAuth.safeParse({ username: 'x', password }).success,
  },
  {
    what: 'any PRN',
    pattern: anyPrnPattern,
    isTaken: (text: string) => RESOURCE_TYPES.some((type) => isPrn(text, type)),
  },
];

/** What is a blank to some, a letter once it is in lower case, means something to one of the readers, or makes a name too long. */
const ODD = fc.oneof(
  fc.constantFrom('\0', '\t', '\n', '\v', '\x1c', '\x7f', '\x85', '\xa0', '\u180e', '\u200b', '\u2028', '\ufeff'),
  fc.constantFrom('\u212a', '\u0130', '\u017f', 'K', 'é', '😀', ' ', ':', '.', '-', '_', '"', '1', 'never', 'user:'),
  fc.nat(64).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 1 }),
);

/** Texts that fit, many of them with something put in, or in the place of what was there. */
function near(pattern: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.stringMatching(new RegExp(pattern)), fc.option(ODD, { nil: '' }), fc.nat(80), fc.nat(1))
    .map(([text, odd, at, removed]) => text.slice(0, at) + odd + text.slice(at + removed))
    .filter((text) => text !== '' && text.isWellFormed());
}

describe('a pattern of the document', () => {
  it.each(EXACT)('fits $what if the API takes it, and else does not', ({ pattern, isTaken }) => {
    // As validators of JSON Schema read it, and as older ones do.
    const [modern, older] = [new RegExp(pattern, 'u'), new RegExp(pattern)];
    fc.assert(
      fc.property(near(pattern), (text) => {
        const wanted = isTaken(text);
        expect([modern.test(text), older.test(text)]).toEqual([wanted, wanted]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('fits every time that the API takes', () => {
    const times = fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59Z') })
      .chain((date) =>
        fc
          .constantFrom('Z', 'z', '.1Z', '.123456789z', '+00:00', '-00:00', '.Z', '+01:00')
          .map((end) => date.toISOString().slice(0, 19) + end),
      );
    fc.assert(
      fc.property(
        fc.oneof(
          times,
          times.map((time) => time.toLowerCase()),
        ),
        (text) => {
          expect(new RegExp(UTC_TIME_PATTERN, 'u').test(text)).toBe(normaliseTimestamp(text) !== undefined);
        },
      ),
    );
  });
});
