import type { SigningKey } from './secret.js';
import { verifyPeridio, verifyStandardWebhooks, type Verification, type VerifyOptions } from './verify.js';
import { WebhookError } from './webhook-error.js';

/** As of Node and its frameworks, or as of `fetch`. Names are found in whatever case. */
export type WebhookHeaders =
  Readonly<Record<string, string | readonly string[] | undefined>> | { get(name: string): string | null };

/** The body as it was received. A string stands for its UTF-8 bytes. */
export type RawBody = Uint8Array | ArrayBuffer | string;

/** The body of a delivery. Payloads can carry more than their schema names. */
export interface WebhookEvent {
  readonly version: number;
  /** The same over every retry, replay and duplicate: what to deduplicate by. */
  readonly prn: string;
  /** The category: `device`, `api_key`, `webhook`. */
  readonly type: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly inserted_at: string;
  readonly data: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

/** `device.connected`: what a webhook subscribes to. */
export function eventName(event: WebhookEvent): string {
  return `${event.type}.${event.data.type}`;
}

/**
 * Checks a delivery by whichever signature it carries, Standard Webhooks or Peridio's (one that fits is enough), and reads it.
 * @param secrets as bytes (`parseSecret`); old and new while it is being rolled
 * @throws WebhookError with the code, what was seen and what to do
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  body: RawBody,
  secrets: readonly SigningKey[],
  options: VerifyOptions = {},
): WebhookEvent {
  const bytes = rawBytes(body);
  const verify = verifierOf(headers, secrets, options);
  const verification = verify(bytes);
  if (!verification.valid) throw refusal(verification, bytes, verify);
  return readEvent(bytes);
}

/** @throws WebhookError `BODY_ALREADY_PARSED` */
export function rawBytes(body: unknown, remedy?: string): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  const detail = `the body is ${body === null || body === undefined ? String(body) : `of type ${typeof body}`}`;
  throw new WebhookError('BODY_ALREADY_PARSED', { detail, ...(remedy !== undefined && { remedy }) });
}

export function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  const value = headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : value?.[0];
}

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function';
}

function verifierOf(
  headers: WebhookHeaders,
  secrets: readonly SigningKey[],
  options: VerifyOptions,
): (body: Buffer) => Verification {
  const standard = {
    id: headerOf(headers, 'webhook-id'),
    timestamp: headerOf(headers, 'webhook-timestamp'),
    signature: headerOf(headers, 'webhook-signature'),
  };
  const peridio = {
    publishedAt: headerOf(headers, 'peridio-published-at'),
    signature: headerOf(headers, 'peridio-signature'),
  };
  if (standard.signature === undefined && peridio.signature === undefined)
    throw new WebhookError('HEADER_MISSING', { detail: 'neither webhook-signature nor peridio-signature' });
  return (body) => {
    const byPeridio = verifyPeridio(peridio, body, secrets, options);
    if (byPeridio.valid || standard.signature === undefined) return byPeridio;
    const byStandard = verifyStandardWebhooks(standard, body, secrets, options);
    return byStandard.valid || peridio.signature === undefined ? byStandard : byPeridio;
  };
}

/** Fleethook's bodies are what `JSON.stringify(JSON.parse(body))` gives, so a body that somebody wrote anew can be told from a wrong one. */
function refusal(
  { fault, detail }: Extract<Verification, { valid: false }>,
  body: Buffer,
  verify: (body: Buffer) => Verification,
): WebhookError {
  if (fault !== 'SIGNATURE_MISMATCH') return new WebhookError(fault, { detail });
  const compact = compactJson(body);
  if (compact !== undefined && !compact.equals(body) && verify(compact).valid)
    return new WebhookError('BODY_RESERIALIZED', {
      detail: `${body.length} bytes came, ${compact.length} were signed`,
    });
  return new WebhookError(fault, { detail });
}

function compactJson(body: Buffer): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
  } catch {
    return undefined;
  }
}

function readEvent(body: Buffer): WebhookEvent {
  let event: Partial<WebhookEvent> | null;
  try {
    event = JSON.parse(body.toString('utf8')) as Partial<WebhookEvent> | null;
  } catch (cause) {
    throw new WebhookError('BODY_NOT_AN_EVENT', { detail: 'it is not JSON', cause });
  }
  const isEvent =
    typeof event?.prn === 'string' && typeof event.type === 'string' && typeof event.data?.type === 'string';
  if (!isEvent) throw new WebhookError('BODY_NOT_AN_EVENT', { detail: 'it lacks prn, type or data.type' });
  return event as WebhookEvent;
}
