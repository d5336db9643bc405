import { types } from 'node:util';

/** What can go wrong between us and PostgreSQL, each with a stable code. */
export const STORE_ERRORS = {
  DATABASE_UNAVAILABLE: 'PostgreSQL is away, or did not answer in time',
  QUERY_FAILED: 'PostgreSQL refused a statement',
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${STORE_ERRORS[code]}: ${detail}`, options);
    this.name = 'StoreError';
  }
}

/** SQLSTATE classes and codes that mean "not now" (PostgreSQL manual, appendix A); everything else is a fault of the statement. */
const UNAVAILABLE_STATES = [
  /^08/, // connection exceptions
  /^53/, // insufficient resources: too many connections, disk full
  /^57(014|P0\d)$/, // statement cancelled by its time limit; the server stops, starts or crashed
  /^25P0[34]$/, // the session or transaction was ended for its idleness
  /^55P03$/, // a lock was not to be had in time
  /^40(001|P01)$/, // serialization failure, deadlock: the same call again will do
  /^25006$/, // a standby that is not promoted yet
];

const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The driver gives these no code. */
const UNAVAILABLE_MESSAGES =
  /timeout|terminated|not queryable|connection ended|not (yet )?established|is not set|Cannot use a pool after/i;

/**
 * Any failure of the driver in our words. The cause keeps state and message only: the driver's own error carries the statement's
 * parameters, which must not reach a log.
 */
export function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = describe(error);
  const unavailable =
    UNAVAILABLE_CODES.has(code) ||
    UNAVAILABLE_STATES.some((state) => state.test(code)) ||
    saysUnavailable(code, message);
  const cause = new Error(message);
  return new StoreError(unavailable ? 'DATABASE_UNAVAILABLE' : 'QUERY_FAILED', code === '' ? message : code, { cause });
}

function saysUnavailable(code: string, message: string): boolean {
  return code === '' && UNAVAILABLE_MESSAGES.test(message);
}

function describe(error: unknown): { code: string; message: string } {
  // Not `instanceof`: a socket's error can be of another realm than ours.
  if (!types.isNativeError(error)) return { code: '', message: String(error) };
  // Node joins the failures of several addresses; the first says enough.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message };
}
