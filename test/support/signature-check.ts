import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TOLERANCE_MS = 300_000;

/**
 * What a receiver finds wrong with a delivery, written from the published rules and sharing no code with the side that signs. Empty: all is well.
 * @param secretsHex what the receiver knows; one of them must fit
 */
export function signatureFaults(headers: IncomingHttpHeaders, body: Buffer, secretsHex: readonly string[]): string[] {
  const faults: string[] = [];
  const publishedAt = text(headers['peridio-published-at']);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(publishedAt)) faults.push(`peridio-published-at is "${publishedAt}"`);
  else if (Math.abs(Date.now() - Date.parse(publishedAt)) > TOLERANCE_MS) faults.push(`published at ${publishedAt}`);
  const timestamp = text(headers['webhook-timestamp']);
  if (!/^\d+$/.test(timestamp)) faults.push(`webhook-timestamp is "${timestamp}"`);
  else if (Math.abs(Date.now() - Number(timestamp) * 1_000) > TOLERANCE_MS) faults.push(`signed at ${timestamp}`);

  const hex = secretsHex.map((secret) => hmac(secret, publishedAt, body).toString('hex').toUpperCase());
  const given = text(headers['peridio-signature']).split(',');
  if (!hex.some((expected) => given.some((entry) => same(entry, expected))))
    faults.push('peridio-signature does not fit');
  if (given.some((entry) => !/^[0-9A-F]{64}$/.test(entry)))
    faults.push('peridio-signature is not OLD,NEW in upper-case hex');

  const id = text(headers['webhook-id']);
  if (id === '' || id.includes('.')) faults.push(`webhook-id is "${id}"`);
  const base64 = secretsHex.map((secret) => `v1,${hmac(secret, `${id}.${timestamp}.`, body).toString('base64')}`);
  const entries = text(headers['webhook-signature']).split(' ');
  if (!base64.some((expected) => entries.some((entry) => same(entry, expected))))
    faults.push('webhook-signature does not fit');

  if (!survivesParsing(body)) faults.push('the body is not what JSON.stringify(JSON.parse(body)) gives');
  return faults;
}

function hmac(secretHex: string, prefix: string, body: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from(prefix, 'utf8'), body]);
  return createHmac('sha256', Buffer.from(secretHex, 'hex')).update(message).digest();
}

function same(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** Peridio's own Node receiver signs what it parsed, so a body must come out of that as it went in. */
function survivesParsing(body: Buffer): boolean {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8')))).equals(body);
  } catch {
    return false;
  }
}

function text(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
