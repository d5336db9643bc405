import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AddressGuard } from './address-guard.js';

const guard = new AddressGuard();

/** IANA's special-purpose registry and the class D and E blocks, written out: a second source beside the library's table. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const special = new BlockList();
for (const [network, prefix] of SPECIAL_IPV4) special.addSubnet(network, prefix, 'ipv4');

const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const groups = (value: number) => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
const anyIpv4 = () =>
  fc.oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    // Many of them near the edges of the ranges.
    fc.tuple(fc.constantFrom(...SPECIAL_IPV4), fc.integer({ min: -2, max: 2 })).map(([[network], by]) => {
      const start = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      return (start + by + 2 ** 32) % 2 ** 32;
    }),
  );

describe('the guard', () => {
  it('refuses exactly the special IPv4 addresses', () => {
    fc.assert(
      fc.property(anyIpv4(), (value) => {
        const address = dotted(value);
        expect(guard.refusal(address) !== undefined).toBe(special.check(address, 'ipv4'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses every IPv6 form that carries an IPv4 address', () => {
    const forms: readonly ((value: number) => string)[] = [
      (value) => `::ffff:${dotted(value)}`,
      (value) => `::ffff:${groups(value)}`,
      (value) => `::ffff:0:${groups(value)}`,
      (value) => `64:ff9b::${groups(value)}`,
      (value) => `64:ff9b:1::${groups(value)}`,
      (value) => `2002:${groups(value)}::1`,
      (value) => `2001:0:4136:e378:8000:63bf:${groups(~value >>> 0)}`,
      (value) => `::${groups(value)}`,
    ];
    fc.assert(
      fc.property(anyIpv4(), fc.constantFrom(...forms), (value, form) => {
        expect(guard.refusal(form(value))).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('dials no IPv6 address outside 2000::/3', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const isGlobal = /^[23][0-9a-f]{3}:/i.test(address);
        expect(isGlobal || guard.refusal(address) !== undefined).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('opens a range for exactly the addresses in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffff }),
        fc.integer({ min: 8, max: 32 }),
        anyIpv4(),
        (host, prefix, other) => {
          const network = dotted(0x0a000000 + host);
          const allowing = new AddressGuard([`${network}/${prefix}`]);
          const list = new BlockList();
          list.addSubnet(network, prefix, 'ipv4');
          const address = dotted(other);
          const expected = list.check(address, 'ipv4') || !special.check(address, 'ipv4');
          expect(allowing.refusal(network)).toBeUndefined();
          expect(allowing.refusal(address) === undefined).toBe(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never throws, whatever it is asked', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => guard.refusal(text)).not.toThrow();
      }),
    );
  });
});
