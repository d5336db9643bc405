import { describe, expect, it } from '@jest/globals';
import { copyOf } from './encoded-record.js';

describe('encoded record', () => {
  it('is copied whole, so that nothing of the fetch is held', () => {
    const fetched = Buffer.from('value');
    const copy = copyOf({ key: 'key', value: fetched, headers: { a: 'and' } });
    fetched.fill(0);
    expect(copy).toEqual({ key: 'key', value: Buffer.from('value'), headers: { a: 'and' } });
  });
});
