import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMetadata, encodeMetadata, MAX_METADATA_BITS } from './commit-metadata.js';

const BROKER_LIMIT = 4_096;

describe('commit metadata', () => {
  it('reads back what it wrote, and always fits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('owned' as const, 'released' as const),
        fc.uint8Array({ maxLength: MAX_METADATA_BITS / 8, size: 'max' }),
        fc.nat(),
        (mark, bitmap, offset) => {
          const text = encodeMetadata(mark, bitmap);
          expect(text.length).toBeLessThan(BROKER_LIMIT);
          const decoded = decodeMetadata(text, offset);
          expect(decoded.mark).toBe(mark);
          expect(decoded.settled.base).toBe(offset);
          expect(Buffer.from(decoded.settled.bits).equals(Buffer.from(bitmap))).toBe(true);
          for (let bit = 0; bit < bitmap.length * 8; bit += 97)
            expect(decoded.settled.has(offset + bit)).toBe((((bitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1);
        },
      ),
    );
  });

  it('cuts off what does not fit: forgetting is a repeat at most', () => {
    const decoded = decodeMetadata(encodeMetadata('owned', new Uint8Array(10_000).fill(255)), 0);
    expect(decoded.settled.end).toBe(MAX_METADATA_BITS);
  });

  it('takes whatever others wrote as empty, without an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map((text) => `1:${text}`),
        ),
        (text) => {
          const { mark, settled } = decodeMetadata(text, 5);
          const isOurs = mark === 'owned' || mark === 'released';
          expect(isOurs ? encodeMetadata(mark, settled.bits) : settled.bits.length).toBe(isOurs ? text : 0);
        },
      ),
      { numRuns: 1_000 },
    );
    for (const text of ['x:AAAA', '1:?', '1:A', '1:AAAA=', 'r: AAAA', `1:${'A'.repeat(3_000)}`, '2:AAAA'])
      expect(decodeMetadata(text, 0).mark).toBe('foreign');
    for (const text of ['', null]) expect(decodeMetadata(text, 0).mark).toBe('none');
  });
});
