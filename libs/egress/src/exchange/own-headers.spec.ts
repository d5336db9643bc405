import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { OWN_HEADER_LIMITS, ownHeaderFaults } from './own-headers.js';

describe('headers of a customer’s own', () => {
  it.each([
    [{}],
    [{ authorization: 'Bearer abc.def-ghi' }],
    [{ 'X-Tenant': 'acme inc', cookie: 'a=b; c="d"', "!#$%&'*+-.^_`|~0a": 'x' }],
    [Object.fromEntries(Array.from({ length: OWN_HEADER_LIMITS.count }, (_, index) => [`x-${index}`, 'v']))],
    [{ x: 'v'.repeat(OWN_HEADER_LIMITS.bytes - 1) }],
  ])('may be %j', (headers) => {
    expect(ownHeaderFaults(headers)).toEqual([]);
  });

  it.each([
    'Host',
    'content-length',
    'Content-Type',
    'content-encoding',
    'user-agent',
    'connection',
    'keep-alive',
    'TE',
    'trailer',
    'transfer-encoding',
    'Upgrade',
    'expect',
    'proxy-authorization',
    'proxy-connection',
    'peridio-signature',
    'Peridio-Anything',
    'webhook-id',
    'webhook-x',
    'fleethook-attempt',
    'FLEETHOOK-x',
  ])('may not name %s', (name) => {
    expect(ownHeaderFaults({ [name]: 'x' })).toEqual([`"${name}" is reserved`]);
  });

  it.each(['', ' ', 'a b', 'a:', ':path', 'a\r\nx: y', 'a\n', 'é', 'x-\u212aey', 'a\0', '(a)', 'a,b'])(
    'may not have the name %j',
    (name) => {
      expect(ownHeaderFaults({ [name]: 'x' })).toEqual([expect.stringContaining('is not a name of a header')]);
    },
  );

  it.each(['', ' x', 'x ', '\t', 'a\r\nhost: b', 'a\nb', 'a\rb', 'a\0b', 'é', '\x7f', 'a\u2028b'])(
    'may not have the value %j',
    (value) => {
      expect(ownHeaderFaults({ a: value })).toEqual([expect.stringContaining('must be printable ASCII')]);
    },
  );

  it('may be neither too many, nor too large, nor there twice', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, 'v']));
    expect(ownHeaderFaults(many)).toEqual(['must be at most 20']);
    expect(ownHeaderFaults({ x: 'v'.repeat(4_096) })).toEqual(['must have at most 4096 bytes in all']);
    expect(ownHeaderFaults({ 'X-A': '1', 'x-a': '2' })).toEqual(['"x-a" is there twice']);
  });

  it('never break a line, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        if (ownHeaderFaults({ [name]: value }).length > 0) return;
        expect(`${name}: ${value}`).toMatch(/^[\t\x20-\x7e]+$/);
        expect(name).not.toMatch(/[\s:]/);
      }),
    );
  });
});
