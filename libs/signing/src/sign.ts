import { hmacSha256 } from './hmac.js';
import type { SigningKey } from './secret.js';

/**
 * Peridio's scheme, for the header `peridio-signature`: HMAC-SHA256 over the published-at value immediately followed by the raw body,
 * in upper-case hex. One signature per live secret, oldest first, separated by a comma and nothing else: Peridio's own receivers
 * compare entry by entry, and throw on one of another length.
 * @param publishedAt exactly the value of the header `peridio-published-at`
 * @param secrets at least one
 * @throws RangeError without a secret
 */
export function signPeridio(publishedAt: string, body: Buffer, secrets: readonly SigningKey[]): string {
  let header = '';
  for (const secret of secrets) {
    const signature = peridioSignature(publishedAt, body, secret);
    header = header === '' ? signature : `${header},${signature}`;
  }
  return refuseEmpty(header);
}

/**
 * Standard Webhooks, for the header `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, one per live
 * secret, oldest first, separated by spaces.
 * @param id exactly the value of the header `webhook-id`; free of `.`, which separates what is signed
 * @param timestampSeconds the value of the header `webhook-timestamp`: whole seconds since 1970
 * @param secrets at least one
 * @throws RangeError without a secret
 */
export function signStandardWebhooks(
  id: string,
  timestampSeconds: number,
  body: Buffer,
  secrets: readonly SigningKey[],
): string {
  let header = '';
  for (const secret of secrets) {
    const signature = `v1,${standardWebhooksSignature(id, String(timestampSeconds), body, secret)}`;
    header = header === '' ? signature : `${header} ${signature}`;
  }
  return refuseEmpty(header);
}

/** One entry of `peridio-signature`. */
export function peridioSignature(publishedAt: string, body: Buffer, secret: SigningKey): string {
  return hmacSha256(secret, publishedAt, body, 'hex').toUpperCase();
}

/** One entry of `webhook-signature`, without its `v1,`. */
export function standardWebhooksSignature(id: string, timestamp: string, body: Buffer, secret: SigningKey): string {
  return hmacSha256(secret, `${id}.${timestamp}.`, body, 'base64');
}

function refuseEmpty(header: string): string {
  if (header === '') throw new RangeError('nothing can be signed without a secret');
  return header;
}
