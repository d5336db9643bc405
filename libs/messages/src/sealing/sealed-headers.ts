import { z } from 'zod';
import { MessageError } from '../message-error.js';
import type { SecretSealer } from './sealed-secret.js';

/** What a webhook's requests carry of its owner's: sealed, since a token is as likely as not among it. */

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

export type OwnHeaders = Readonly<Record<string, string>>;

/** As they rest, in PostgreSQL and in the topic. */
export interface SealedHeaders {
  readonly sealedHeaders?: string | undefined;
  readonly sealedBasicAuth?: string | undefined;
}

const Headers = z.record(z.string(), z.string());
const Credentials = z.object({ username: z.string(), password: z.string() });

/** Whom they are sealed for: neither opens in place of the other, of a signing secret, or of another webhook's. */
export const headersOwner = (webhook: string): string => `${webhook} headers`;
export const basicAuthOwner = (webhook: string): string => `${webhook} basic_auth`;

export function sealHeaders(sealer: SecretSealer, headers: OwnHeaders, webhook: string): string {
  return sealer.seal(Buffer.from(JSON.stringify(headers)), headersOwner(webhook));
}

export function sealBasicAuth(sealer: SecretSealer, { username, password }: BasicAuth, webhook: string): string {
  return sealer.seal(Buffer.from(JSON.stringify({ username, password })), basicAuthOwner(webhook));
}

/** What goes beside our own headers; names in lower case. Undefined: nothing. @throws MessageError SECRET_UNREADABLE */
export function openHeaders(sealer: SecretSealer, sealed: SealedHeaders, webhook: string): OwnHeaders | undefined {
  const headers = openOwnHeaders(sealer, sealed.sealedHeaders, webhook);
  const credentials = openBasicAuth(sealer, sealed.sealedBasicAuth, webhook);
  return credentials === undefined ? headers : { ...headers, authorization: basic(credentials) };
}

/** @throws MessageError SECRET_UNREADABLE */
export function openOwnHeaders(
  sealer: SecretSealer,
  sealed: string | undefined,
  webhook: string,
): OwnHeaders | undefined {
  return sealed === undefined ? undefined : opened(sealer, sealed, headersOwner(webhook), Headers);
}

/** @throws MessageError SECRET_UNREADABLE */
export function openBasicAuth(
  sealer: SecretSealer,
  sealed: string | undefined,
  webhook: string,
): BasicAuth | undefined {
  return sealed === undefined ? undefined : opened(sealer, sealed, basicAuthOwner(webhook), Credentials);
}

/** RFC 7617 §2, UTF-8. */
function basic({ username, password }: BasicAuth): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function opened<T>(sealer: SecretSealer, sealed: string, owner: string, schema: z.ZodType<T>): T {
  const bytes = sealer.open(sealed, owner);
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    // Without the cause: it may quote what was sealed.
    throw new MessageError('SECRET_UNREADABLE', `sealed for ${owner}: not what belongs there`);
  }
}
