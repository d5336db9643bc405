import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PlaceTexts } from './place-texts.js';

describe('the texts at the places of records', () => {
  it('are what the bytes say, whatever was there before', () => {
    const texts = new PlaceTexts();
    const some = fc.oneof(
      fc.constantFrom('attempt', 'attempz', '1', '2', '', 'gerät'),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.nat({ max: 2 }), some, (place, given) => {
        const bytes = Buffer.concat([Buffer.from('..'), Buffer.from(given)]);
        expect(texts.read(place, bytes, 2, bytes.length - 2)).toBe(bytes.toString('utf8', 2));
      }),
      { numRuns: 2_000 },
    );
  });
});
