import { describe, expect, it } from '@jest/globals';
import { AddressGuard } from './address-guard.js';

const guard = new AddressGuard();

describe('addresses that are dialled', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '2a00:1450:4001:81b::200e',
    '2400:cb00::1',
  ])('%s', (address) => {
    expect(guard.refusal(address)).toBeUndefined();
  });
});

describe('addresses that are refused', () => {
  it.each([
    // "This network", loopback, private
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.0.0.1', 'private'],
    ['10.255.255.255', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['192.168.255.255', 'private'],
    // A cloud's metadata service, carriers' NAT
    ['169.254.169.254', 'linkLocal'],
    ['169.254.0.1', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['100.127.255.255', 'carrierGradeNat'],
    // Protocols, documentation, benchmarks, anycast services
    ['192.0.0.1', 'reserved'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['192.31.196.1', 'as112'],
    ['192.52.193.1', 'amt'],
    ['192.88.99.1', 'reserved'],
    ['192.175.48.1', 'as112'],
    ['198.18.0.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    // Multicast, class E, broadcast
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    // IPv6
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['fe80::1', 'linkLocal'],
    ['febf::1', 'linkLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['fc00::1', 'uniqueLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['fdff:ffff::1', 'uniqueLocal'],
    ['ff02::1', 'multicast'],
    ['ff0e::1', 'multicast'],
    ['100::1', 'discard'],
    ['2001:2::1', 'benchmarking'],
    ['2001:3::1', 'amt'],
    ['2001:10::1', 'deprecatedOrchid'],
    ['2001:20::1', 'orchid2'],
    ['2001:db8::1', 'reserved'],
    ['2001:100::1', 'reserved'],
    ['2620:4f:8000::1', 'as112v6'],
    ['3fff::1', 'reserved'],
    ['5f00::1', 'segmentRouting'],
    ['1::1', 'unassigned'],
    ['4000::1', 'unassigned'],
    ['e000::1', 'unassigned'],
    // IPv4 inside IPv6, private and public alike
    ['::ffff:127.0.0.1', 'carries 127.0.0.1'],
    ['::ffff:7f00:1', 'carries 127.0.0.1'],
    ['0:0:0:0:0:ffff:a00:1', 'carries 10.0.0.1'],
    ['::ffff:8.8.8.8', 'carries 8.8.8.8'],
    ['::127.0.0.1', 'carries 127.0.0.1'],
    ['::7f00:1', 'carries 127.0.0.1'],
    ['::808:808', 'carries 8.8.8.8'],
    ['::ffff:0:127.0.0.1', 'carries 127.0.0.1'],
    ['64:ff9b::7f00:1', 'carries 127.0.0.1'],
    ['64:ff9b::a9fe:a9fe', 'carries 169.254.169.254'],
    ['64:ff9b::8.8.8.8', 'carries 8.8.8.8'],
    ['64:ff9b:1::a00:1', 'carries 10.0.0.1'],
    ['2002:7f00:1::', 'carries 127.0.0.1'],
    ['2002:a9fe:a9fe::1', 'carries 169.254.169.254'],
    ['2002:808:808::1', 'carries 8.8.8.8'],
    ['2001:0:4136:e378:8000:63bf:80ff:fffe', 'carries 127.0.0.1'],
    ['2001::f5ff:fffe', 'carries 10.0.0.1'],
    // Not what a socket takes for an address
    ['fe80::1%eth0', 'not an IP address'],
    ['::1%1', 'not an IP address'],
    ['127.1', 'not an IP address'],
    ['2130706433', 'not an IP address'],
    ['0x7f000001', 'not an IP address'],
    ['0177.0.0.1', 'not an IP address'],
    ['1.1.1.1.', 'not an IP address'],
    ['[::1]', 'not an IP address'],
    ['localhost', 'not an IP address'],
    ['', 'not an IP address'],
    [' 1.1.1.1', 'not an IP address'],
    ['1.1.1.1\n', 'not an IP address'],
  ])('%s: %s', (address, why) => {
    expect(guard.refusal(address)).toContain(why);
  });
});

describe('ranges that the operator allows', () => {
  it('open what they hold and nothing beside it', () => {
    const allowing = new AddressGuard(['10.20.0.0/16', 'fd00:1::/32']);
    expect(allowing.refusal('10.20.255.1')).toBeUndefined();
    expect(allowing.refusal('fd00:1::7')).toBeUndefined();
    expect(allowing.refusal('10.21.0.1')).toContain('private');
    expect(allowing.refusal('fd00:2::7')).toContain('uniqueLocal');
    expect(allowing.refusal('127.0.0.1')).toContain('loopback');
  });

  it('do not open IPv6 forms of what they hold', () => {
    const allowing = new AddressGuard(['127.0.0.0/8']);
    expect(allowing.refusal('127.0.0.1')).toBeUndefined();
    for (const address of ['::ffff:127.0.0.1', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '::1'])
      expect(allowing.refusal(address)).toBeDefined();
  });

  it('that name a form of IPv6 open it only for IPv4 addresses that could be dialled as they are', () => {
    const nat64 = new AddressGuard(['64:ff9b::/96']);
    expect(nat64.refusal('64:ff9b::808:808')).toBeUndefined();
    expect(nat64.refusal('64:ff9b::a00:1')).toContain('10.0.0.1 (inside 64:ff9b::a00:1) is not a public address');
    expect(new AddressGuard(['64:ff9b::/96', '10.0.0.0/8']).refusal('64:ff9b::a00:1')).toBeUndefined();
    expect(new AddressGuard(['::/0']).refusal('::ffff:169.254.169.254')).toContain('linkLocal');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '300.0.0.0/8', 'fd00::/129', 'example.com/8', ''])(
    'must be CIDRs: "%s"',
    (cidr) => {
      expect(() => new AddressGuard([cidr])).toThrow(expect.objectContaining({ code: 'CIDR_INVALID' }));
    },
  );
});
