import { describe, expect, it } from '@jest/globals';
import { checkUrl, urlFaults } from './check-url.js';
import { DialPolicy } from './dial-policy.js';

describe('URLs that can be called', () => {
  it.each([
    'https://example.com',
    'https://example.com/hooks/peridio?tenant=7&x=%20',
    'https://example.com:8443/',
    'https://EXAMPLE.com/',
    'HTTPS://example.com/',
    'https://bücher.example/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://example.com./',
    'https://internal-name/',
    `https://example.com/${'a'.repeat(1_028 - 'https://example.com/'.length)}`,
  ])('%.60s', (url) => {
    expect(checkUrl(url)).toBeUndefined();
  });
});

describe('URLs that can never be called', () => {
  it.each([
    ['', 'must be a URL'],
    ['example.com/hook', 'must be a URL'],
    ['https://', 'must be a URL'],
    ['https://exa mple.com/', 'blanks'],
    ['https://example.com/\n', 'blanks'],
    [' https://example.com/', 'blanks'],
    ['https://example.com/\u0000', 'blanks'],
    ['http://example.com/', 'https://'],
    ['ftp://example.com/', 'https://'],
    // The parser reads all of these as https://example.com/hook.
    ['https:example.com/hook', 'https://'],
    ['https:/example.com/hook', 'https://'],
    ['https:///example.com/hook', 'https://'],
    ['https:\\\\example.com/hook', 'https://'],
    ['https:/\\example.com/hook', 'https://'],
    ['https://\\example.com/hook', 'https://'],
    ['javascript:alert(1)', 'https://'],
    ['https://user@example.com/', 'user name'],
    ['https://user:password@example.com/', 'user name'],
    ['https://:password@example.com/', 'user name'],
    ['https://example.com/#part', 'fragment'],
    ['https://example.com/#', 'fragment'],
    ['https://example.com:0/', 'port 0'],
    ['https://example.com:65536/', 'must be a URL'],
    ['https://example.com:-1/', 'must be a URL'],
    ['https://example.com../', 'host that can be looked up'],
    ['https://example..com/', 'host that can be looked up'],
    ['https://.example.com/', 'host that can be looked up'],
    ['https://./', 'host that can be looked up'],
    [`https://${'a'.repeat(64)}.example/`, 'host that can be looked up'],
    [`https://${'a.'.repeat(126)}example/`, 'host that can be looked up'],
    ['https://256.0.0.1/', 'must be a URL'],
    ['https://1.2.3.4.5/', 'must be a URL'],
    ['https://0x100000000/', 'must be a URL'],
    ['https://[fe80::1%25eth0]/', 'must be a URL'],
    ['https://[fe80::1%eth0]/', 'must be a URL'],
    ['https://[::ffff:127.0.0.1/', 'must be a URL'],
    [`https://example.com/${'a'.repeat(1_029 - 'https://example.com/'.length)}`, '1028'],
  ])('%.60s: %s', (url, why) => {
    expect(checkUrl(url)).toContain(why);
  });
});

describe('special addresses, however they are written', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://0177.0.0.1/',
    'https://0x7f.0.0.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://017700000001/',
    'https://0/',
    'https://%31%32%37.0.0.1/',
    'https://１２７.０.０.１/',
    'https://127。0。0。1/',
    'https://10.0.0.1:8443/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::]/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[fe80::1]/',
    'https://[::ffff:0:10.0.0.1]/',
    'https://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/',
    'https://0x7f.1/',
    'https://012.0.0.1/',
    'https://10.1/',
    'https://192.168.257/',
    'https://172.16.0.1.:8443/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[2002:a00:1::]/',
    'https://[fd00::1]/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://anything.localhost/',
  ])('%s', (url) => {
    expect(checkUrl(url)).toContain('special address');
  });

  it('pass where the operator allows their range', () => {
    const policy = new DialPolicy(['127.0.0.0/8']);
    for (const url of ['https://127.0.0.1:8443/', 'https://localhost:8443/', 'https://0x7f.1/'])
      expect(checkUrl(url, policy)).toBeUndefined();
    expect(checkUrl('https://10.0.0.1/', policy)).toContain('private');
  });
});

describe('everything that is wrong', () => {
  it('is told at once', () => {
    expect(urlFaults('http://user@127.1:0/#part')).toEqual([
      'must start with https://',
      'must not contain a user name or password',
      'must not contain a fragment',
      'must not name port 0',
      expect.stringContaining('special address'),
    ]);
    expect(urlFaults('https://example.com/')).toEqual([]);
  });
});

describe('ports', () => {
  const policy = new DialPolicy([], ['443', '8000-8999']);

  it.each([
    'https://example.com/',
    'https://example.com:443/',
    'https://example.com:8000/',
    'https://example.com:8999/',
  ])('that are allowed: %s', (url) => {
    expect(checkUrl(url, policy)).toBeUndefined();
  });

  it.each([
    'https://example.com:22/',
    'https://example.com:442/',
    'https://example.com:7999/',
    'https://example.com:9000/',
    'https://example.com:65535/',
    'https://example.com:00022/',
  ])('that are not: %s', (url) => {
    expect(checkUrl(url, policy)).toMatch(/must not name port \d+/);
  });

  it.each(['0', '70000', '9-8', 'x', '1-', '-1', '', '1 2'])('cannot be given as "%s"', (ports) => {
    expect(() => new DialPolicy([], [ports])).toThrow(expect.objectContaining({ code: 'PORTS_INVALID' }));
  });
});
