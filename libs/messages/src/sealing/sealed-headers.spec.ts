import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { openBasicAuth, openHeaders, openOwnHeaders, sealBasicAuth, sealHeaders } from './sealed-headers.js';
import { SecretSealer } from './sealed-secret.js';

const sealer = new SecretSealer([Buffer.alloc(32, 7).toString('base64')]);

describe('sealed headers', () => {
  it('open to what they were, and credentials to their header', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (username, password, value) => {
        const sealed = {
          sealedHeaders: sealHeaders(sealer, { 'x-a': value }, 'w'),
          sealedBasicAuth: sealBasicAuth(sealer, { username, password }, 'w'),
        };
        expect(openOwnHeaders(sealer, sealed.sealedHeaders, 'w')).toEqual({ 'x-a': value });
        expect(openBasicAuth(sealer, sealed.sealedBasicAuth, 'w')).toEqual({ username, password });
        const { authorization = '', ...headers } = openHeaders(sealer, sealed, 'w') ?? {};
        expect(headers).toEqual({ 'x-a': value });
        expect(Buffer.from(authorization.slice('Basic '.length), 'base64').toString()).toBe(`${username}:${password}`);
      }),
    );
    expect(openHeaders(sealer, {}, 'w')).toBeUndefined();
  });

  it('open in no other place, and for no other webhook', () => {
    const sealedHeaders = sealHeaders(sealer, { a: 'b' }, 'w');
    for (const open of [
      () => openOwnHeaders(sealer, sealedHeaders, 'v'),
      () => openBasicAuth(sealer, sealedHeaders, 'w'),
      () => sealer.open(sealedHeaders, 'w'),
    ])
      expect(open).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }));
  });
});
