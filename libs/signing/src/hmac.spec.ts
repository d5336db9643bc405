import * as crypto from 'node:crypto';
import { expect, it, jest } from '@jest/globals';

it('signs in a Node that has no one-shot hash', async () => {
  jest.unstable_mockModule('node:crypto', () => ({ ...crypto, hash: undefined }));
  const { hmacSha256 } = await import('./hmac.js');
  const [key, body] = [Buffer.from('key'), Buffer.from('body')];
  const expected = crypto.createHmac('sha256', key).update('prefix.body').digest('hex');
  expect(hmacSha256(key, 'prefix.', body, 'hex')).toBe(expected);
});
