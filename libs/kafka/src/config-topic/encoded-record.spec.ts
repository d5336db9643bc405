import { describe, expect, it } from '@jest/globals';
import { copyOf, recordOf } from './encoded-record.js';

const bytes = Buffer.from('key and value');
const message = { key: bytes.subarray(0, 3), value: null, timestamp: '0', attributes: 0, offset: '0' };

describe('encoded record', () => {
  it('has the last of each header, as bytes', () => {
    const headers = { a: [Buffer.from('1'), Buffer.from('2')], b: 'text', c: undefined };
    expect(recordOf({ ...message, headers }).headers).toEqual({ a: Buffer.from('2'), b: Buffer.from('text') });
    expect(recordOf(message)).toEqual({ key: Buffer.from('key'), value: null, headers: {} });
  });

  it('is copied whole, so that nothing of the fetch is held', () => {
    const record = { key: bytes.subarray(0, 3), value: bytes.subarray(8), headers: { a: bytes.subarray(4, 7) } };
    const copy = copyOf(record);
    bytes.fill(0);
    expect(copy).toEqual({ key: Buffer.from('key'), value: Buffer.from('value'), headers: { a: Buffer.from('and') } });
  });
});
