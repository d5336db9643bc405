import type { EventSource } from '../event-source.js';
import type { KnownEventType } from '../event-types.js';
import { pointerTo, type FieldErrorList } from '../field-errors.js';
import { normaliseTimestamp, timestampNow } from './inserted-at.js';
import { isPrn, newPrn, organizationOf, type Prn } from '../names/prn.js';

type Json = Readonly<Record<string, unknown>>;

/** An envelope as it will be written, and the payload as it was parsed. */
export interface ReadEnvelope {
  readonly prn: Prn<'event'>;
  readonly type: KnownEventType;
  readonly insertedAt: string;
  readonly payload: Json;
}

/**
 * Reads a parsed event. `version`, `prn` and `inserted_at` may be missing or null. The envelope is closed, so that a misspelt field is not
 * lost in silence; the payload is open.
 * @returns undefined when `faults` got any
 */
export function readEnvelope(event: unknown, source: EventSource, faults: FieldErrorList): ReadEnvelope | undefined {
  if (!isObject(event)) {
    faults.add('', 'must be an object');
    return undefined;
  }
  for (const key in event) if (!isEnvelopeField(key)) faults.add(pointerTo('', key), 'is not a field of an event');
  const version = event['version'] ?? 1;
  if (version !== 1) faults.add('/version', 'must be 1');
  const insertedAt = readInsertedAt(event['inserted_at'], source, faults);
  const prn = readPrn(event['prn'], source, faults);

  const data = event['data'];
  if (!isObject(data)) {
    faults.add('/data', data === undefined ? 'is required' : 'must be an object');
    return undefined;
  }
  for (const key in data)
    if (key !== 'type' && key !== 'data') faults.add(pointerTo('/data', key), 'is not a field of an event');
  const payload = data['data'];
  if (!isObject(payload)) faults.add('/data/data', payload === undefined ? 'is required' : 'must be an object');
  const type = readType(event['type'], data['type'], prn, source, faults);
  if (!isObject(payload) || prn === undefined || insertedAt === undefined || type === undefined || faults.any)
    return undefined;
  return { prn, type, insertedAt, payload };
}

/** A switch, not a set: it runs for every key of every event. */
function isEnvelopeField(key: string): boolean {
  switch (key) {
    case 'type':
    case 'data':
    case 'version':
    case 'prn':
    case 'inserted_at':
      return true;
    default:
      return false;
  }
}

function readInsertedAt(given: unknown, source: EventSource, faults: FieldErrorList): string | undefined {
  if (given === undefined || given === null) return timestampNow(source.nowMs);
  const insertedAt = typeof given === 'string' ? normaliseTimestamp(given) : undefined;
  if (insertedAt === undefined)
    faults.add('/inserted_at', 'must be an ISO 8601 time in UTC, such as 2026-01-01T00:00:00Z');
  return insertedAt;
}

function readPrn(given: unknown, source: EventSource, faults: FieldErrorList): Prn<'event'> | undefined {
  const { organization } = source;
  if (given === undefined || given === null) {
    const prn = source.prn ?? (organization === undefined ? undefined : newPrn(organization, 'event'));
    if (prn === undefined) faults.add('/prn', 'is required');
    return prn;
  }
  if (typeof given !== 'string' || !isPrn(given, 'event')) {
    faults.add('/prn', 'must be the PRN of an event: prn:1:<organization-uuid>:event:<uuid>, in lower case');
    return undefined;
  }
  if (organization !== undefined && !given.startsWith(organization)) {
    faults.add('/prn', 'names another organization');
    return undefined;
  }
  return given;
}

function readType(
  category: unknown,
  event: unknown,
  prn: Prn<'event'> | undefined,
  source: EventSource,
  faults: FieldErrorList,
): KnownEventType | undefined {
  if (typeof category !== 'string') faults.add('/type', category === undefined ? 'is required' : 'must be a string');
  if (typeof event !== 'string') faults.add('/data/type', event === undefined ? 'is required' : 'must be a string');
  const organization = source.organization ?? (prn === undefined ? undefined : organizationOf(prn));
  if (typeof category !== 'string' || typeof event !== 'string' || organization === undefined) return undefined;
  const type = source.types.find(organization, `${category}.${event}`);
  if (typeof type === 'object') return type;
  faults.add('/data/type', type);
  return undefined;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
