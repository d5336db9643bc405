import { isUtf8 } from 'node:buffer';
import type { EventName } from '../names/event-name.js';
import type { EventSource } from '../event-source.js';
import { FieldErrorList, type FieldErrors } from '../field-errors.js';
import { findJsonFaults } from '../json/json-faults.js';
import { countKeys, JsonScan } from '../json/json-scan.js';
import { isPrn, type Prn } from '../names/prn.js';
import { isObject, readEnvelope } from './read-envelope.js';

/** Levels of objects and arrays within each other; the payload is the third. */
export const MAX_DEPTH = 64;
/** Blanks, escapes and spellings of numbers that normalising takes away: an event may be sent with so many times its size of them. */
export const SENT_BYTES_PER_EVENT_BYTE = 4;

export interface NormalisedEvent {
  readonly kind: 'event';
  readonly prn: Prn<'event'>;
  readonly name: EventName;
  /** The device it is about, where its payload names one. */
  readonly device: Prn<'device'> | undefined;
  /** The envelope in its one form: what `JSON.stringify(JSON.parse(body))` gives again. */
  readonly body: Buffer;
}

export interface RefusedEvent {
  readonly kind: 'refused';
  readonly reason: 'not_json' | 'too_large' | 'invalid';
  readonly errors: FieldErrors;
}

const ownScan = new JsonScan();

/**
 * Checks one event and gives it its one form: the envelope in Peridio's order of keys, the payload as it was parsed, unknown fields of
 * the payload included. Refuses, naming the place, what would not survive parsing and what its event type does not allow. Never throws
 * for what a sender wrote.
 * @param bytes JSON of an event between `start` and `end`
 * @param scanned the scan of these bytes, by whoever found the event's end
 */
export function normaliseBody(
  bytes: Buffer,
  source: EventSource,
  start = 0,
  end = bytes.length,
  scanned?: JsonScan,
): NormalisedEvent | RefusedEvent {
  const maxSentBytes = source.maxEventBytes * SENT_BYTES_PER_EVENT_BYTE;
  // Before all work that grows with it.
  if (end - start > maxSentBytes) return refused('too_large', `has ${end - start} bytes, more than ${maxSentBytes}`);
  if (scanned === undefined) ownScan.scan(bytes, start, end);
  const { keys, depth, ascii, doubtful } = scanned ?? ownScan;
  // Before parsing: the parser takes any depth, at a price.
  if (depth > MAX_DEPTH) return refused('invalid', `is nested deeper than ${MAX_DEPTH} levels`);
  if (!ascii && !isUtf8(bytes.subarray(start, end))) return refused('not_json', 'is not UTF-8');
  const text = bytes.toString(ascii ? 'latin1' : 'utf8', start, end);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    return refused('not_json', `is not JSON: ${reasonOf(error)}`);
  }
  if (doubtful || keys !== countKeys(event)) {
    const errors = findJsonFaults(text);
    if (errors !== undefined) return { kind: 'refused', reason: 'invalid', errors };
  }

  const faults = new FieldErrorList();
  const envelope = readEnvelope(event, source, faults);
  if (envelope === undefined)
    return { kind: 'refused', reason: 'invalid', errors: faults.errors ?? { '': ['cannot be read'] } };
  const { prn, type, insertedAt, payload } = envelope;
  // All but the payload is made of characters that JSON writes as they are.
  const body = Buffer.from(
    `{"version":1,"prn":"${prn}","type":"${type.category}","inserted_at":"${insertedAt}","data":{"type":"${type.event}","data":${JSON.stringify(payload)}}}`,
  );
  if (body.length > source.maxEventBytes)
    return refused('too_large', `has ${body.length} bytes, more than ${source.maxEventBytes}`);
  // Last: every item of a payload may be a fault, and each costs more memory than it has bytes.
  const errors = type.check(payload);
  if (errors !== undefined) return { kind: 'refused', reason: 'invalid', errors };
  return { kind: 'event', prn, name: type.name, device: deviceOf(payload), body };
}

/** The key of the event's record, so that the events of one device keep their order. */
function deviceOf(payload: Readonly<Record<string, unknown>>): Prn<'device'> | undefined {
  const device = payload['device'];
  const prn = isObject(device) ? device['prn'] : undefined;
  return typeof prn === 'string' && isPrn(prn, 'device') ? prn : undefined;
}

/** The parser's words without what it quotes of the text: they may be logged. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^(Unexpected token '.{1,2}').*$/s, '$1') : 'unreadable';
}

function refused(reason: RefusedEvent['reason'], message: string): RefusedEvent {
  return { kind: 'refused', reason, errors: { '': [message] } };
}
