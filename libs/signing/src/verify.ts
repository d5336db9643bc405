import { timingSafeEqual } from 'node:crypto';
import type { SigningKey } from './secret.js';
import { peridioSignature, standardWebhooksSignature } from './sign.js';

/** Receivers are told to refuse what was signed more than 5 minutes away from their own clock, in either direction. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** Why a delivery is not to be believed. */
export const SIGNATURE_FAULTS = {
  HEADER_MISSING: 'a signature header is missing or empty',
  TIMESTAMP_MALFORMED: 'the time of signing cannot be read',
  TIMESTAMP_TOO_OLD: 'it was signed too long ago: a replay, or a clock that is wrong',
  TIMESTAMP_IN_FUTURE: 'it was signed in the future: one of the clocks is wrong',
  SIGNATURE_MALFORMED: 'no signature has the form that this scheme gives it',
  SIGNATURE_MISMATCH: 'no signature fits: another secret, or the body was changed on its way',
} as const;

export type SignatureFault = keyof typeof SIGNATURE_FAULTS;

export type Verification =
  { readonly valid: true } | { readonly valid: false; readonly fault: SignatureFault; readonly detail: string };

export interface VerifyOptions {
  /** The receiver's clock, epoch milliseconds; default: now. */
  readonly nowMs?: number;
  /** Default 300. */
  readonly toleranceSeconds?: number;
}

/** Header values as received; undefined when a header was not there. */
export interface PeridioHeaders {
  /** `peridio-published-at` */
  readonly publishedAt: string | undefined;
  /** `peridio-signature` */
  readonly signature: string | undefined;
}

export interface StandardWebhooksHeaders {
  /** `webhook-id` */
  readonly id: string | undefined;
  /** `webhook-timestamp` */
  readonly timestamp: string | undefined;
  /** `webhook-signature` */
  readonly signature: string | undefined;
}

const PERIDIO_SIGNATURE = /^[0-9A-Fa-f]{64}$/;
const STANDARD_SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Checks a delivery by Peridio's scheme. Any one of the signatures may fit any one of the secrets, so that a roll is not noticed.
 * @param body the raw bytes of the request, before anything parsed them
 * @param secrets the webhook's secret as bytes (`secretBytes`); two while it is being rolled
 */
export function verifyPeridio(
  headers: PeridioHeaders,
  body: Buffer,
  secrets: readonly SigningKey[],
  options: VerifyOptions = {},
): Verification {
  const { publishedAt = '', signature = '' } = headers;
  if (publishedAt === '') return invalid('HEADER_MISSING', 'peridio-published-at');
  if (signature === '') return invalid('HEADER_MISSING', 'peridio-signature');
  const signedAtMs = ISO_INSTANT.test(publishedAt) ? Date.parse(publishedAt) : Number.NaN;
  const fault = timestampFault(signedAtMs, `peridio-published-at: ${publishedAt}`, options);
  if (fault !== undefined) return fault;
  const candidates = signature
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => PERIDIO_SIGNATURE.test(entry))
    .map((entry) => entry.toUpperCase());
  if (candidates.length === 0) return invalid('SIGNATURE_MALFORMED', 'peridio-signature is not 64 hex digits');
  return anyFits(candidates, secrets, (secret) => peridioSignature(publishedAt, body, secret));
}

/**
 * Checks a delivery by Standard Webhooks. Entries of other versions (`v1a,...`) are passed over, as its specification asks.
 * @param body the raw bytes of the request, before anything parsed them
 * @param secrets the webhook's secret as bytes (`secretBytes`); two while it is being rolled
 */
export function verifyStandardWebhooks(
  headers: StandardWebhooksHeaders,
  body: Buffer,
  secrets: readonly SigningKey[],
  options: VerifyOptions = {},
): Verification {
  const { id = '', timestamp = '', signature = '' } = headers;
  if (id === '') return invalid('HEADER_MISSING', 'webhook-id');
  if (timestamp === '') return invalid('HEADER_MISSING', 'webhook-timestamp');
  if (signature === '') return invalid('HEADER_MISSING', 'webhook-signature');
  const signedAtMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  const fault = timestampFault(signedAtMs, `webhook-timestamp: ${timestamp}`, options);
  if (fault !== undefined) return fault;
  const candidates = signature
    .split(' ')
    .filter((entry) => STANDARD_SIGNATURE.test(entry))
    .map((entry) => entry.slice('v1,'.length));
  if (candidates.length === 0) return invalid('SIGNATURE_MALFORMED', 'webhook-signature has no entry v1,<base64>');
  return anyFits(candidates, secrets, (secret) => standardWebhooksSignature(id, timestamp, body, secret));
}

function timestampFault(signedAtMs: number, shown: string, options: VerifyOptions): Verification | undefined {
  if (Number.isNaN(signedAtMs)) return invalid('TIMESTAMP_MALFORMED', shown);
  const { nowMs = Date.now(), toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  const ageMs = nowMs - signedAtMs;
  if (Math.abs(ageMs) <= toleranceSeconds * 1_000) return undefined;
  const skew = `${shown}, ${Math.ceil(Math.abs(ageMs) / 1_000)} s`;
  return ageMs > 0
    ? invalid('TIMESTAMP_TOO_OLD', `${skew} behind this machine's clock; ${toleranceSeconds} s are allowed`)
    : invalid('TIMESTAMP_IN_FUTURE', `${skew} ahead of this machine's clock; ${toleranceSeconds} s are allowed`);
}

/** Every pair is compared, in constant time each, so that the time taken does not tell which one fitted. */
function anyFits(
  candidates: readonly string[],
  secrets: readonly SigningKey[],
  sign: (secret: SigningKey) => string,
): Verification {
  let fits = false;
  for (const secret of secrets) {
    const expected = Buffer.from(sign(secret), 'latin1');
    for (const candidate of candidates) {
      const given = Buffer.from(candidate, 'latin1');
      if (given.length === expected.length && timingSafeEqual(given, expected)) fits = true;
    }
  }
  return fits ? { valid: true } : invalid('SIGNATURE_MISMATCH', `${candidates.length} signature(s), none fits`);
}

function invalid(fault: SignatureFault, detail: string): Verification {
  return { valid: false, fault, detail };
}
