import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { spanContextOf, traceContextOf, traceIdOf } from './trace-context.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: length, maxLength: length })
    .filter((text) => !/^0+$/.test(text));
const context = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.integer({ min: 0, max: 255 }),
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('W3C Trace Context', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(context, (given) => {
        expect(spanContextOf(traceContextOf(given))).toEqual({ ...given, isRemote: true });
      }),
    );
  });

  it('brings its tracestate along', () => {
    const traceparent = `00-${TRACE}-${SPAN}-01`;
    const read = spanContextOf({ traceparent, tracestate: 'fleet=plant-7,other=1' });
    expect(read === undefined ? undefined : traceContextOf(read)).toEqual({
      traceparent,
      tracestate: 'fleet=plant-7,other=1',
    });
  });

  it('of a later version is read as far as it is known (§4.3)', () => {
    expect(traceIdOf({ traceparent: `01-${TRACE}-${SPAN}-01-what-ever` })).toBe(TRACE);
  });

  it.each([
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `00-${TRACE}-${SPAN}-01-00`],
    ['an empty trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an empty span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['nothing', ''],
  ])('with %s is none', (_what, traceparent) => {
    expect(spanContextOf({ traceparent })).toBeUndefined();
  });

  it('is none, whatever else the text is', () => {
    fc.assert(
      fc.property(fc.string(), (traceparent) => {
        expect(spanContextOf({ traceparent })).toBeUndefined();
      }),
    );
  });
});
