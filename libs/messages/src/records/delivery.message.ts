import { isPrn, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import {
  headerInteger,
  traceHeaders,
  writeTrace,
  type EncodedRecord,
  type RecordHeaders,
  type RecordToSend,
  type TraceHeaders,
} from './headers.js';
import { requireReadable } from './unreadable.js';
import { MessageError } from '../message-error.js';

/** One event for one webhook, on `webhook.deliveries` and, with a due time, on the retry topics. */
export interface DeliveryMessage {
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly webhook: Prn<'webhook'>;
  /** Part of the key when a webhook is spread over several processes; 0 otherwise. */
  readonly lane: number;
  /** When intake took the event, epoch milliseconds. */
  readonly acceptedAtMs: number;
  /** The attempt that comes next, from 1. Deferrals leave it alone. */
  readonly attempt: number;
  /** A manual resend or a replay is a series of attempts of its own; undefined for the first. */
  readonly series?: string | undefined;
  /** When the first attempt was made; undefined before it. The horizon runs from here. */
  readonly firstAttemptAtMs?: number | undefined;
  /** When an open breaker kept it from its first attempt for the first time: until that is made, or the breaker closes, the horizon runs from here. */
  readonly sinceMs?: number | undefined;
  /** Why it waits: the last attempt's outcome or the deferral, e.g. `http_status:500`, `lane_full`. */
  readonly reason?: string | undefined;
  /** Retry topics: added to the tier's delay, so that many do not fall due at once. */
  readonly jitterMs?: number | undefined;
  /** Retry topics: not to be sent before, epoch milliseconds (`Retry-After`, waits that no tier fits). */
  readonly notBeforeMs?: number | undefined;
  /** Of the span that made it a delivery: the same over attempts, tiers and its dead letter. */
  readonly trace?: TraceHeaders | undefined;
  readonly body: Buffer;
}

const VERSION = '1';
const NOTHING = Buffer.alloc(0);

export function encodeDelivery(message: DeliveryMessage): RecordToSend {
  const headers: Record<string, string> = {
    v: VERSION,
    event: message.event,
    name: message.name,
    at: String(message.acceptedAtMs),
    attempt: String(message.attempt),
  };
  if (message.series !== undefined) headers['series'] = message.series;
  if (message.firstAttemptAtMs !== undefined) headers['first'] = String(message.firstAttemptAtMs);
  if (message.sinceMs !== undefined) headers['since'] = String(message.sinceMs);
  if (message.reason !== undefined) headers['reason'] = message.reason;
  if (message.jitterMs !== undefined) headers['jitter'] = String(message.jitterMs);
  if (message.notBeforeMs !== undefined) headers['not-before'] = String(message.notBeforeMs);
  writeTrace(headers, message.trace);
  return { key: deliveryKey(message.webhook, message.lane), value: message.body, headers };
}

/** The key decides the partition, and so the process that owns the webhook. */
export function deliveryKey(webhook: Prn<'webhook'>, lane: number): string {
  return lane === 0 ? webhook : `${webhook}#${lane}`;
}

/** @throws MessageError */
export function decodeDelivery(record: EncodedRecord): DeliveryMessage {
  const { key, value, headers } = record;
  requireReadable({ key, value, headers });
  const version = headers['v'];
  if (version !== VERSION) throw new MessageError('VERSION_UNKNOWN', `delivery version ${String(version)}`);
  const event = headers['event'];
  if (event === undefined || !isPrn(event, 'event')) throw new MessageError('HEADER_MISSING', 'event');
  if (normaliseEventName(headers['name'] ?? '') === undefined) throw new MessageError('HEADER_MISSING', 'name');
  if (!isPrn(webhookOf(key ?? ''), 'webhook')) throw new MessageError('HEADER_MISSING', 'key');
  if (headerInteger(headers, 'at') === undefined) throw new MessageError('HEADER_MISSING', 'at');
  const attempt = headerInteger(headers, 'attempt');
  if (attempt === undefined || attempt < 1) throw new MessageError('HEADER_MISSING', 'attempt');
  if (value === null) throw new MessageError('VALUE_MISSING', 'delivery');
  return read(key ?? '', headers, value);
}

/** What a record says that `decodeDelivery` has taken before: one that waited is read again when its turn comes, and need not be checked again. */
export function rereadDelivery({ key, value, headers }: EncodedRecord): DeliveryMessage {
  return read(key ?? '', headers, value ?? NOTHING);
}

/** Each name is spelled out: to look one up that is not known beforehand takes several times as long. */
function read(key: string, headers: RecordHeaders, body: Buffer): DeliveryMessage {
  const name = headers['name'] ?? '';
  return {
    event: headers['event'] as Prn<'event'>,
    name: normaliseEventName(name) ?? (name as EventName),
    webhook: webhookOf(key) as Prn<'webhook'>,
    lane: laneOfKey(key),
    acceptedAtMs: Number(headers['at']),
    attempt: Number(headers['attempt']),
    series: headers['series'],
    firstAttemptAtMs: headers['first'] === undefined ? undefined : headerInteger(headers, 'first'),
    sinceMs: headers['since'] === undefined ? undefined : headerInteger(headers, 'since'),
    reason: headers['reason'],
    jitterMs: headers['jitter'] === undefined ? undefined : headerInteger(headers, 'jitter'),
    notBeforeMs: headers['not-before'] === undefined ? undefined : headerInteger(headers, 'not-before'),
    trace: headers['traceparent'] === undefined ? undefined : traceHeaders(headers),
    body,
  };
}

function webhookOf(key: string): string {
  const end = key.indexOf('#');
  return end === -1 ? key : key.slice(0, end);
}

function laneOfKey(key: string): number {
  const end = key.indexOf('#');
  return end === -1 ? 0 : Number(key.slice(end + 1));
}
