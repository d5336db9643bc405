import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { float8Array, int4Array, textArray, timeArray, uuidArray } from './binary-array.js';

/** What an array holds, as the server would read it: the bytes of each element, undefined for NULL. */
function elementsOf(array: Buffer): { oid: number; elements: (Buffer | undefined)[] } {
  const [dimensions, hasNull, oid, count, first] = [0, 4, 8, 12, 16].map((at) => array.readInt32BE(at));
  expect([dimensions, first]).toEqual([1, 1]);
  const elements: (Buffer | undefined)[] = [];
  let at = 20;
  while (at < array.length) {
    const length = array.readInt32BE(at);
    at += 4;
    elements.push(length < 0 ? undefined : array.subarray(at, (at += length)));
  }
  expect(elements).toHaveLength(count ?? -1);
  expect(hasNull).toBe(elements.includes(undefined) ? 1 : 0);
  return { oid: oid ?? 0, elements };
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values, { nil: undefined }));

describe('arrays in the binary form of PostgreSQL', () => {
  it('hold texts without NUL', () => {
    fc.assert(
      fc.property(optional(fc.string({ unit: 'binary' })), (texts) => {
        const { oid, elements } = elementsOf(textArray(texts));
        expect(oid).toBe(25);
        expect(elements.map((bytes) => bytes?.toString('utf8'))).toEqual(
          texts.map((text) => text?.replaceAll('\0', '')),
        );
      }),
    );
  });

  it('hold the UUID that ends a text, or begins where it is said to', () => {
    fc.assert(
      fc.property(optional(fc.uuid()), (uuids) => {
        const hex = uuids.map((uuid) => uuid?.replaceAll('-', ''));
        for (const array of [
          uuidArray(uuids, 0),
          uuidArray(
            uuids.map((uuid) => uuid && `prn:1:${uuid}:webhook`),
            6,
          ),
          uuidArray(
            uuids.map((uuid) => uuid && `of:${uuid.toUpperCase()}`),
            -36,
          ),
        ]) {
          const { oid, elements } = elementsOf(array);
          expect(oid).toBe(2_950);
          expect(elements.map((bytes) => bytes?.toString('hex'))).toEqual(hex);
        }
      }),
    );
  });

  it('hold numbers', () => {
    fc.assert(
      fc.property(optional(fc.double()), optional(fc.integer()), (doubles, integers) => {
        expect(elementsOf(float8Array(doubles)).elements.map((bytes) => bytes?.readDoubleBE())).toEqual(doubles);
        expect(elementsOf(int4Array(integers)).elements.map((bytes) => bytes?.readInt32BE())).toEqual(integers);
      }),
    );
  });

  it('hold times in microseconds since 2000', () => {
    // Within centuries: what is further away is not told to the microsecond.
    fc.assert(
      fc.property(optional(fc.integer({ min: -7e12, max: 9e12 })), (times) => {
        const { oid, elements } = elementsOf(timeArray(times));
        expect(oid).toBe(1_184);
        expect(elements.map((bytes) => bytes?.readBigInt64BE())).toEqual(
          times.map((time) => (time === undefined ? undefined : (BigInt(time) - BigInt(Date.UTC(2000, 0))) * 1_000n)),
        );
      }),
    );
  });

  it('hold what PostgreSQL refuses in place of a time that has no room', () => {
    const [far, farther] = elementsOf(timeArray([1e16, -9e20])).elements.map((bytes) => bytes?.readBigInt64BE() ?? 0n);
    for (const micros of [far, farther]) expect(micros).toBeGreaterThan(9_223_371_331_200_000_000n);
    for (const micros of [far, farther]) expect(micros).toBeLessThan(2n ** 63n - 1n);
  });
});
