import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

/** A webhook's secret is 128 random bits. */
const SECRET_BYTES = 16;
const SECRET_HEX = /^[0-9A-Fa-f]{32}$/;

/** A secret's 16 bytes, or a key made of them by `createSecretKey`. Do not change the bytes after the first use: they are remembered. */
export type SigningKey = Buffer | KeyObject;

/** A new secret as a person sees it: 32 upper-case hex digits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex').toUpperCase();
}

/**
 * The 16 bytes that sign.
 * @param hex as shown: 32 hex digits
 * @throws RangeError when it is anything else; the message does not repeat it
 */
export function secretBytes(hex: string): Buffer {
  if (!SECRET_HEX.test(hex)) throw new RangeError('a webhook secret is 32 hex digits');
  return Buffer.from(hex, 'hex');
}

/**
 * The same secret in the form that Standard Webhooks libraries take: `whsec_` and the base64 of the 16 bytes. Given the hex instead,
 * such a library decodes it, without a word, into 24 wrong bytes.
 * @throws RangeError as `secretBytes`
 */
export function standardWebhooksSecret(hex: string): string {
  return `whsec_${secretBytes(hex).toString('base64')}`;
}

const WHSEC = /^whsec_([A-Za-z0-9+/]{22}==)$/;

/**
 * The 16 bytes of a secret in either form that Fleethook shows: 32 hex digits, or `whsec_` and base64. White space around it is ignored.
 * @throws RangeError when it is anything else; the message does not repeat it
 */
export function parseSecret(text: string): Buffer {
  const trimmed = text.trim();
  const base64 = WHSEC.exec(trimmed)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (SECRET_HEX.test(trimmed)) return secretBytes(trimmed);
  throw new RangeError('a webhook secret is 32 hex digits, or whsec_ and the base64 of 16 bytes');
}

const keys = new WeakMap<Buffer, KeyObject>();

/** Node prepares a key anew for every HMAC that is given bytes: that took 6 times as long as the HMAC of a 600-byte body. */
export function keyOf(secret: SigningKey): KeyObject {
  if (!Buffer.isBuffer(secret)) return secret;
  let key = keys.get(secret);
  if (key === undefined) {
    key = createSecretKey(secret);
    keys.set(secret, key);
  }
  return key;
}
