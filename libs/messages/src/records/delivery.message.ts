import { isPrn, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import {
  headerInteger,
  headerText,
  traceHeaders,
  writeTrace,
  type EncodedRecord,
  type RecordToSend,
  type TraceHeaders,
} from './headers.js';
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
  const { headers } = record;
  const version = headerText(headers, 'v');
  if (version !== VERSION) throw new MessageError('VERSION_UNKNOWN', `delivery version ${String(version)}`);
  const event = headerText(headers, 'event');
  if (event === undefined || !isPrn(event, 'event')) throw new MessageError('HEADER_MISSING', 'event');
  const name = normaliseEventName(headerText(headers, 'name') ?? '');
  if (name === undefined) throw new MessageError('HEADER_MISSING', 'name');
  const [webhook = '', lane] = (record.key ?? '').split('#');
  if (!isPrn(webhook, 'webhook')) throw new MessageError('HEADER_MISSING', 'key');
  const acceptedAtMs = headerInteger(headers, 'at');
  if (acceptedAtMs === undefined) throw new MessageError('HEADER_MISSING', 'at');
  const attempt = headerInteger(headers, 'attempt');
  if (attempt === undefined || attempt < 1) throw new MessageError('HEADER_MISSING', 'attempt');
  const body = record.value;
  if (body === null) throw new MessageError('VALUE_MISSING', 'delivery');
  return {
    event,
    name,
    webhook,
    lane: lane === undefined ? 0 : Number(lane),
    acceptedAtMs,
    attempt,
    series: headerText(headers, 'series'),
    firstAttemptAtMs: headerInteger(headers, 'first'),
    reason: headerText(headers, 'reason'),
    jitterMs: headerInteger(headers, 'jitter'),
    notBeforeMs: headerInteger(headers, 'not-before'),
    trace: traceHeaders(headers),
    body,
  };
}
