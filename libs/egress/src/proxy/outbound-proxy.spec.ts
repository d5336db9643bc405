import { describe, expect, it } from '@jest/globals';
import { outboundProxyOf } from './outbound-proxy.js';

describe('the address of a proxy', () => {
  it.each([
    ['http://proxy.example:3128', { host: 'proxy.example', port: 3_128, authorization: undefined }],
    ['http://proxy.example', { host: 'proxy.example', port: 80, authorization: undefined }],
    ['http://[::1]:3128/', { host: '::1', port: 3_128, authorization: undefined }],
    ['http://u:p%20w@10.0.0.1:3128', { host: '10.0.0.1', port: 3_128, authorization: 'Basic dTpwIHc=' }],
  ])('%s', (text, expected) => {
    expect(outboundProxyOf(text)).toEqual(expected);
  });

  it.each([
    'proxy.example:3128',
    'https://proxy.example',
    'http://proxy.example/path',
    'http://u:%ff@proxy.example',
    '',
  ])('refuses %j without repeating it', (text) => {
    expect(() => outboundProxyOf(text)).toThrow(expect.objectContaining({ code: 'PROXY_INVALID' }));
  });
});
