import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { internalOf } from '../client/kafkajs.js';
import { crc32c } from './crc32c.js';

describe('CRC-32C', () => {
  it('of the check string is that of the standard (RFC 3720, appendix B.4)', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  it("is the client's, whatever the bytes and wherever they begin", () => {
    const reference = internalOf('protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 20 }), (bytes, start) => {
        const buffer = Buffer.from(bytes);
        expect(crc32c(buffer, start)).toBe(reference(buffer.subarray(start)));
      }),
    );
  });
});
