import { isPrn, organizationOf, type EventName, type Prn, type ResourceType } from '@fleethook/events';
import { MessageError, type EventMessage } from '@fleethook/messages';

/** One event as the history keeps it: its bytes, and what it can be found by. Writing it twice is writing it once. */
export interface EventFact {
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly acceptedAtMs: number;
  /** What the envelope says; a producer can have given it. */
  readonly insertedAtMs: number;
  readonly device?: Prn<'device'> | undefined;
  readonly identifier?: string | undefined;
  readonly cohort?: Prn<'cohort'> | undefined;
  readonly product?: Prn<'product'> | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Undefined where it is the device. */
  readonly actor?: string | undefined;
  readonly resource?: string | undefined;
  readonly body: Buffer;
}

/** What is longer is kept in the body and not found by: an index entry has a limit, and no fleet names its devices so. */
export const MAX_FACET_CHARACTERS = 256;
export const MAX_TAGS = 100;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an accepted event's body, once.
 * @throws MessageError when the body is no envelope: somebody wrote a header that only intake should write
 */
export function eventFact(message: EventMessage): EventFact {
  const envelope = parsed(message.body);
  const payload = fieldsOf(fieldsOf(envelope['data'])['data']);
  const insertedAtMs = Date.parse(String(envelope['inserted_at']));
  if (Number.isNaN(insertedAtMs)) throw new MessageError('VALUE_INVALID', 'inserted_at is no time');
  const { event, name, acceptedAtMs, body } = message;
  return { event, name, acceptedAtMs, insertedAtMs, body, ...facetsOf(event, payload), ...partiesOf(name, payload) };
}

type Facets = Pick<EventFact, 'device' | 'identifier' | 'cohort' | 'product' | 'tags'>;

function facetsOf(event: Prn<'event'>, payload: Fields): Facets {
  const device = fieldsOf(payload['device']);
  return {
    device: ownPrn(device['prn'], 'device', event),
    identifier: facetText(device['identifier']),
    cohort: thingIn(device, 'cohort', event) ?? thingIn(payload, 'cohort', event),
    product: thingIn(device, 'product', event) ?? thingIn(payload, 'product', event),
    tags: tagsOf(device['tags']),
  };
}

const PRN_FIELDS = { cohort: 'cohort_prn', product: 'product_prn' } as const;

/** Where a payload names a thing: `cohort.cohort_prn` as Peridio writes it, `cohort.prn`, or `cohort_prn`; as a filter looks for it. */
function thingIn<T extends keyof typeof PRN_FIELDS>(holder: Fields, type: T, event: Prn<'event'>): Prn<T> | undefined {
  const field = PRN_FIELDS[type];
  const thing = fieldsOf(holder[type]);
  return ownPrn(thing[field], type, event) ?? ownPrn(thing['prn'], type, event) ?? ownPrn(holder[field], type, event);
}

/** Who did it, and to what, where that is not the device. */
function partiesOf(name: EventName, payload: Fields): Pick<EventFact, 'actor' | 'resource'> {
  if (name === 'api_key.created')
    return {
      actor: facetText(payload['creator_prn']),
      resource: facetText(payload['api_key_prn'] ?? fieldsOf(payload['api_key'])['prn']),
    };
  if (name === 'webhook.test_fire') return { resource: facetText(payload['webhook_prn']) };
  return {};
}

function tagsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const tags = new Set((value as unknown[]).flatMap((tag) => facetText(tag) ?? []));
  return tags.size === 0 ? undefined : [...tags].slice(0, MAX_TAGS);
}

/** A payload can name what it likes: only the organization's own is a thing to find events by. */
function ownPrn<T extends Exclude<ResourceType, 'user'>>(
  value: unknown,
  type: T,
  event: Prn<'event'>,
): Prn<T> | undefined {
  if (typeof value !== 'string' || !isPrn(value, type)) return undefined;
  return value.startsWith(organizationOf(event)) ? value : undefined;
}

/** As PostgreSQL keeps it, which knows no NUL: what differs in that alone is the same. */
function facetText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_FACET_CHARACTERS) return undefined;
  const text = value.replaceAll('\0', '');
  return text === '' ? undefined : text;
}

function parsed(body: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new MessageError('VALUE_INVALID', 'the body of an event is not JSON', { cause });
  }
}

const NO_FIELDS: Fields = {};

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
