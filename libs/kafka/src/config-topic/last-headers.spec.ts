import { describe, expect, it } from '@jest/globals';
import { lastHeaders } from './last-headers.js';

describe('last headers', () => {
  it('are the last of each name, as bytes', () => {
    expect(lastHeaders({ a: [Buffer.from('1'), Buffer.from('2')], b: 'text', c: undefined })).toEqual({
      a: Buffer.from('2'),
      b: Buffer.from('text'),
    });
    expect(lastHeaders(undefined)).toEqual({});
  });
});
