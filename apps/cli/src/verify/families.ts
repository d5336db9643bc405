import { verifyPeridio, verifyStandardWebhooks, type SignatureFault, type SigningKey } from '@fleethook/signing';

export type FamilyName = 'peridio' | 'standard_webhooks';
type Headers = Readonly<Record<string, string | undefined>>;

/** One of the two schemes by which every delivery is signed. */
export interface Family {
  readonly name: FamilyName;
  readonly headers: readonly string[];
  /** Undefined when it cannot be read. */
  readonly signedAtMs: (headers: Headers) => number | undefined;
  /** Whatever the clock says; undefined when a signature fits. */
  readonly fault: (headers: Headers, body: Buffer, keys: readonly SigningKey[]) => SignatureFault | undefined;
  /** What is wrong with a time that cannot be read. */
  readonly timeWords: (headers: Headers) => string;
  /** What is wrong with a signature of another form. */
  readonly signatureWords: (headers: Headers) => string;
}

/** Clocks are looked at apart from the signature. */
const ANY_TIME = { nowMs: 0, toleranceSeconds: Infinity };
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

export const FAMILIES: readonly Family[] = [
  {
    name: 'peridio',
    headers: ['peridio-published-at', 'peridio-signature'],
    signedAtMs: ({ 'peridio-published-at': publishedAt = '' }) => {
      const atMs = ISO_INSTANT.test(publishedAt) ? Date.parse(publishedAt) : Number.NaN;
      return Number.isNaN(atMs) ? undefined : atMs;
    },
    fault: ({ 'peridio-published-at': publishedAt, 'peridio-signature': signature }, body, keys) =>
      faultIn(verifyPeridio({ publishedAt, signature }, body, keys, ANY_TIME)),
    timeWords: (headers) =>
      `peridio-published-at is ${shown(headers['peridio-published-at'])}, not a time such as 2026-01-01T00:00:00Z`,
    signatureWords: (headers) =>
      `peridio-signature is ${shown(headers['peridio-signature'])}; each entry must be 64 hex digits, without anything before them`,
  },
  {
    name: 'standard_webhooks',
    headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    signedAtMs: ({ 'webhook-timestamp': timestamp = '' }) =>
      /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : undefined,
    fault: ({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }, body, keys) =>
      faultIn(verifyStandardWebhooks({ id, timestamp, signature }, body, keys, ANY_TIME)),
    timeWords: (headers) =>
      `webhook-timestamp is ${shown(headers['webhook-timestamp'])}, not whole seconds since 1970 such as 1767225600`,
    signatureWords: (headers) =>
      `webhook-signature is ${shown(headers['webhook-signature'])}; an entry must be v1, and the base64 of 32 bytes`,
  },
];

function faultIn(verification: { valid: true } | { valid: false; fault: SignatureFault }): SignatureFault | undefined {
  return verification.valid ? undefined : verification.fault;
}

const MAX_SHOWN = 48;

function shown(value: string | undefined): string {
  const text = value ?? '';
  return JSON.stringify(text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`);
}
