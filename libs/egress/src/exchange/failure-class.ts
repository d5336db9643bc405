import type { FailureClass, Stage } from './egress-result.js';

export interface Failure {
  readonly failure: FailureClass;
  readonly stage: Stage;
  readonly detail: string;
}

const MAX_DETAIL_CHARACTERS = 200;

/** undici's own words when the peer closed; its other socket errors mean that what came is no HTTP. */
const PEER_CLOSED = new Set(['other side closed', 'closed']);

/** What a failed look-up is to the one who waits for it. */
export function lookupFailure(error: unknown): Failure {
  const timedOut = codeOf(error) === 'ETIMEOUT';
  return { failure: timedOut ? 'timeout' : 'dns', stage: 'dns', detail: detailOf(error) };
}

/** An error while the connection was being made. */
export function dialFailure(error: unknown, stage: 'connect' | 'tls'): Failure {
  const code = codeOf(error);
  const detail = detailOf(error);
  if (code === 'ETIMEDOUT') return { failure: 'timeout', stage, detail };
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED')
    return { failure: 'connection_reset', stage, detail };
  return { failure: stage === 'tls' ? 'tls' : 'connection_refused', stage, detail };
}

/** An error after the request was handed to the connection, before a final status came. */
export function exchangeFailure(error: unknown): Failure {
  return { failure: exchangeClass(codeOf(error), error), stage: 'headers', detail: detailOf(error) };
}

function exchangeClass(code: string, error: unknown): FailureClass {
  if (code === 'ETIMEDOUT') return 'timeout';
  // TLS 1.3 tells of a refused client certificate only after the handshake.
  if (code.startsWith('ERR_SSL_')) return 'tls';
  return isPeerClosed(error) ? 'connection_reset' : 'protocol';
}

/** The peer ended the connection, as opposed to having sent something that is not HTTP. */
export function isPeerClosed(error: unknown): boolean {
  switch (codeOf(error)) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return true;
    case 'UND_ERR_SOCKET':
      return PEER_CLOSED.has(partsOf(error).message);
    default:
      return false;
  }
}

/** The request itself is at fault: ours, not the receiver's. */
export function isRequestInvalid(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'
  );
}

export function detailOf(error: unknown): string {
  // Several addresses were tried: the first one's error speaks for all.
  const told = firstOf(error);
  const { message } = partsOf(told);
  const code = codeOf(told);
  // undici's own checks speak of its source.
  if (code === 'ERR_ASSERTION') return 'what came is no answer to this request';
  const text = code === '' || message.includes(code) ? message : `${code}: ${message}`;
  return text.slice(0, MAX_DETAIL_CHARACTERS).toWellFormed();
}

/** The code that Node, OpenSSL or undici gave an error; empty when it has none. */
export function codeOf(error: unknown): string {
  return partsOf(error).code;
}

/** By shape, not by class: an error of Node's own need not be an instance of the `Error` that this module sees. */
function partsOf(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

function firstOf(error: unknown): unknown {
  const { errors } = (error ?? {}) as { errors?: unknown };
  return Array.isArray(errors) && errors.length > 0 ? (errors[0] as unknown) : error;
}
