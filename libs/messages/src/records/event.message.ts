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

/** A record of `fleet.events` that intake wrote: the body is normalised already, so a hop need not parse it. */
export interface EventMessage {
  readonly event: Prn<'event'>;
  readonly name: EventName;
  /** When intake took it, epoch milliseconds. */
  readonly acceptedAtMs: number;
  /** The envelope: the very bytes that are signed and sent. */
  readonly body: Buffer;
  /** Of the span that took it; undefined when nobody traces. */
  readonly trace?: TraceHeaders | undefined;
}

const VERSION = '1';

export function encodeEvent(message: EventMessage, device: string | undefined): RecordToSend {
  const headers = { v: VERSION, event: message.event, name: message.name, at: String(message.acceptedAtMs) };
  writeTrace(headers, message.trace);
  return { key: device ?? message.event.slice(0, 42), value: message.body, headers };
}

/** True when intake wrote the record; a direct producer's has no version header and must be checked and normalised. */
export function isNormalised(record: EncodedRecord): boolean {
  return record.headers['v'] !== undefined;
}

/** @throws MessageError */
export function decodeEvent(record: EncodedRecord): EventMessage {
  const { headers } = record;
  const version = headerText(headers, 'v');
  if (version !== VERSION) throw new MessageError('VERSION_UNKNOWN', `fleet.events version ${String(version)}`);
  const event = headerText(headers, 'event');
  if (event === undefined || !isPrn(event, 'event')) throw new MessageError('HEADER_MISSING', 'event');
  const name = normaliseEventName(headerText(headers, 'name') ?? '');
  if (name === undefined) throw new MessageError('HEADER_MISSING', 'name');
  const acceptedAtMs = headerInteger(headers, 'at');
  if (acceptedAtMs === undefined) throw new MessageError('HEADER_MISSING', 'at');
  const body = record.value;
  if (body === null) throw new MessageError('VALUE_MISSING', 'fleet.events');
  return { event, name, acceptedAtMs, body, trace: traceHeaders(headers) };
}
