import type { IncomingHttpHeaders } from 'node:http';
import type { FailureClass } from '../exchange/egress-result.js';
import type { Failure } from '../exchange/failure-class.js';

/** A gateway's word that it could not reach, or had no answer from, whom it was asked for (RFC 9110 §15.6.3, §15.6.5). */
const ENDPOINT_REFUSED = 502;
const ENDPOINT_SILENT = 504;

/** Squid answers 503 for all of them, and says in `x-squid-error` what the system told it; 110 is Linux's ETIMEDOUT. */
const SQUID_CONNECT_FAILED = /^ERR_CONNECT_FAIL(?: (\d+))?/;
const SQUID_TIMED_OUT = '110';

/** Of the proxy error types (RFC 9209 §2.3) those that are about whom the proxy was asked for; all others are about the proxy. */
const ENDPOINT_FAILURES: ReadonlyMap<string, FailureClass> = new Map([
  ['destination_unavailable', 'connection_refused'],
  ['destination_ip_unroutable', 'connection_refused'],
  ['connection_refused', 'connection_refused'],
  ['connection_terminated', 'connection_reset'],
  ['connection_timeout', 'timeout'],
  ['connection_read_timeout', 'timeout'],
  ['connection_write_timeout', 'timeout'],
]);
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const ERROR_TYPE = /;\s*error=([\w*.:/-]+)/;

const MAX_DETAIL_CHARACTERS = 200;

/** Whose failure it is that a proxy did not let CONNECT through: what its headers say in words comes before its status. */
export function proxyRefusal(status: number, headers: IncomingHttpHeaders): Failure {
  const squid = valueOf(headers, 'x-squid-error');
  const [connectFailed, errno] = SQUID_CONNECT_FAILED.exec(squid) ?? [];
  if (connectFailed !== undefined)
    return refusal(errno === SQUID_TIMED_OUT ? 'timeout' : 'connection_refused', status, squid);
  // The first that tells of an error is the nearest to the endpoint (§2).
  const error = ERROR_TYPE.exec(valueOf(headers, 'proxy-status').replace(QUOTED, ''))?.[1];
  if (error !== undefined) return refusal(ENDPOINT_FAILURES.get(error) ?? 'proxy', status, error);
  if (status === ENDPOINT_REFUSED) return refusal('connection_refused', status, squid);
  if (status === ENDPOINT_SILENT) return refusal('timeout', status, squid);
  return refusal('proxy', status, squid);
}

function refusal(failure: FailureClass, status: number, said: string): Failure {
  const words = said === '' ? '' : `: ${said}`;
  return { failure, stage: 'connect', detail: `the proxy answered ${status}${words}`.slice(0, MAX_DETAIL_CHARACTERS) };
}

function valueOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}
