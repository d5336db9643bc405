import { describe, expect, it } from '@jest/globals';
import { proxyRefusal } from './proxy-refusal.js';

const squid = (error: string) => ({ 'x-squid-error': error });
const told = (status: string) => ({ 'proxy-status': status });

describe('what a proxy says when it lets nothing through', () => {
  it.each([
    [407, 'proxy'],
    [403, 'proxy'],
    [500, 'proxy'],
    [503, 'proxy'],
    [502, 'connection_refused'],
    [504, 'timeout'],
  ])('with a status alone: %i is %s', (status, failure) => {
    expect(proxyRefusal(status, {})).toEqual({ failure, stage: 'connect', detail: `the proxy answered ${status}` });
  });

  it.each([
    ['ERR_CONNECT_FAIL 111', 'connection_refused'],
    ['ERR_CONNECT_FAIL 110', 'timeout'],
    ['ERR_CONNECT_FAIL 113', 'connection_refused'],
    ['ERR_CONNECT_FAIL 101', 'connection_refused'],
    ['ERR_CONNECT_FAIL', 'connection_refused'],
    ['ERR_CANNOT_FORWARD 0', 'proxy'],
    ['ERR_ACCESS_DENIED 0', 'proxy'],
  ])('as Squid: %s is %s', (error, failure) => {
    const detail = `the proxy answered 503: ${error}`;
    expect(proxyRefusal(503, squid(error))).toEqual({ failure, stage: 'connect', detail });
  });

  it.each([
    ['proxy.example; error=connection_refused', 'connection_refused'],
    ['proxy.example;error=connection_timeout', 'timeout'],
    [
      '"a proxy"; error=destination_ip_unroutable; details="no, none; error=proxy_internal_error"',
      'connection_refused',
    ],
    ['p; details="error; error=connection_timeout"; error=destination_unavailable', 'connection_refused'],
    ['p; error=connection_terminated', 'connection_reset'],
    ['p; error=connection_read_timeout', 'timeout'],
    ['p; error=connection_write_timeout', 'timeout'],
    ['near; error=connection_refused, far; error=http_request_error', 'connection_refused'],
    ['p; error=destination_ip_prohibited', 'proxy'],
    ['p; error=connection_limit_reached', 'proxy'],
    ['p; error=proxy_configuration_error', 'proxy'],
    ['p; received-status=503', 'proxy'],
    ['', 'proxy'],
  ])('in Proxy-Status: %s is %s', (status, failure) => {
    expect(proxyRefusal(503, told(status))).toMatchObject({ failure, stage: 'connect' });
  });

  it('says it more exactly than its status does', () => {
    expect(proxyRefusal(502, told('p; error=connection_timeout'))).toMatchObject({ failure: 'timeout' });
    expect(proxyRefusal(502, told('p; error=proxy_internal_error'))).toMatchObject({ failure: 'proxy' });
    expect(proxyRefusal(502, squid('ERR_CONNECT_FAIL 110'))).toMatchObject({ failure: 'timeout' });
    expect(proxyRefusal(502, squid('ERR_READ_ERROR 104'))).toMatchObject({ failure: 'connection_refused' });
  });

  it('at any length becomes a detail of at most 200 characters', () => {
    expect(proxyRefusal(503, squid(`ERR_CONNECT_FAIL 111 ${'x'.repeat(8_000)}`)).detail).toHaveLength(200);
  });
});
