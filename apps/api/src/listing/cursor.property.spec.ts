import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EventTypes, newOrganizationPrn, newPrn, normaliseBody } from '@fleethook/events';
import { decodeCursor, encodeCursor } from './cursor.js';

describe('cursor', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
        fc.stringMatching(/^[a-z0-9:_-]{1,87}$/),
        fc.option(fc.stringMatching(/^[ -~]{0,40}$/), { nil: undefined }),
        fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{12}$/), { nil: undefined }),
        fc.option(fc.nat({ max: Date.UTC(2200, 0) }), { nil: undefined }),
        (atMs, id, series, of, acceptedAtMs) => {
          const cursor = { atMs, id, series, of, acceptedAtMs };
          expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
        },
      ),
    );
  });

  it('is good for every time that intake takes', () => {
    const organization = newOrganizationPrn();
    const source = { organization, nowMs: Date.now(), types: new EventTypes(), maxEventBytes: 65_536 };
    const data = { type: 'connected', data: { device: { prn: newPrn(organization, 'device') } } };
    const moment = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    const edges = fc.constantFrom('0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59Z');
    fc.assert(
      fc.property(
        fc.oneof(
          edges,
          moment.map((date) => date.toISOString()),
        ),
        (inserted_at) => {
          const taken = normaliseBody(Buffer.from(JSON.stringify({ type: 'device', inserted_at, data })), source);
          if (taken.kind !== 'event') throw new Error(JSON.stringify(taken));
          const written = (JSON.parse(taken.body.toString()) as { inserted_at: string }).inserted_at;
          const atMs = Date.parse(written);
          expect(decodeCursor(encodeCursor({ atMs, id: 'a' }))).toMatchObject({ atMs });
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
