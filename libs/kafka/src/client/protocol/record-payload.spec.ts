import { describe, expect, it } from '@jest/globals';
import { BatchFault } from './batch-fault.js';
import { ByteReader } from './byte-reader.js';
import { encodePayload, skipPayload } from './record-payload.js';

const NULL = 0x01;

describe('a payload that nobody has looked at', () => {
  it('is passed to its end', () => {
    const reader = new ByteReader(encodePayload(Buffer.from('key'), null, { a: 'x', b: '' }));
    skipPayload(reader);
    expect(reader.remaining).toBe(0);
  });

  it.each<[string, readonly number[]]>([
    // Two thousand million of them would be found, since each begins before the last.
    ['a name of a header leads back', [0xfe, 0xff, 0xff, 0xff, 0x0f, 0x03]],
    ['the number of headers is below zero', [0x01]],
  ])('is malformed when %s', (_what, headers) => {
    const reader = new ByteReader(Buffer.from([NULL, NULL, ...headers]));
    expect(() => skipPayload(reader)).toThrow(BatchFault);
  });
});
