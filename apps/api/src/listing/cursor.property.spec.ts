import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';

describe('cursor', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Date.UTC(2200, 0) }),
        fc.stringMatching(/^[a-z0-9:_-]{1,87}$/),
        fc.option(fc.stringMatching(/^[ -~]{0,40}$/), { nil: undefined }),
        fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{12}$/), { nil: undefined }),
        (atMs, id, series, of) => {
          expect(decodeCursor(encodeCursor({ atMs, id, series, of }))).toEqual({ atMs, id, series, of });
        },
      ),
    );
  });

  it('is refused, never thrown at, when it is anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          const cursor = decodeCursor(text);
          const again = cursor === undefined ? undefined : decodeCursor(encodeCursor(cursor));
          expect(again).toEqual(cursor);
        },
      ),
    );
    expect(decodeCursor('abc')).toBeUndefined();
    expect(decodeCursor(Buffer.from('[1e300,"a"]').toString('base64url'))).toBeUndefined();
    expect(decodeCursor(Buffer.from(`[1,"a' OR 1=1"]`).toString('base64url'))).toBeUndefined();
  });
});
