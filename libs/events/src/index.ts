export {
  deliveryIdOf,
  isPrn,
  newOrganizationPrn,
  newPrn,
  organizationOf,
  parsePrn,
  RESOURCE_TYPES,
  type Prn,
  type ResourceType,
  prnPattern,
} from './names/prn.js';
export { eventNameOf, normaliseEventName, parseEventName, type EventName } from './names/event-name.js';
export { timestampOf, type Envelope, type JsonObject, type JsonValue } from './envelope/envelope.js';
export { EVENT_ERRORS, EventError, type EventErrorCode } from './event-error.js';
export { catalogue, type CatalogueEntry, type JsonSchema } from './catalogue.js';
export { exampleIn } from './example-in.js';
export { EventTypes, type KnownEventType } from './event-types.js';
export { PastEventTypes } from './past-event-types.js';
export { compileSchema, readSchema, schemaSentences, type PayloadCheck, type SchemaReading } from './payload-check.js';
export { isDeeperThan } from './registered/schema-faults.js';
export { normaliseTimestamp } from './envelope/inserted-at.js';
export { MAX_DEPTH, SENT_BYTES_PER_EVENT_BYTE } from './envelope/normalise-body.js';
export type { FieldErrors } from './field-errors.js';
export type { EventSource } from './event-source.js';
export { normaliseBody, type NormalisedEvent, type RefusedEvent } from './envelope/normalise-body.js';
export { withoutByteOrderMark } from './json/byte-order-mark.js';
export { JsonScan } from './json/json-scan.js';
export { beginningOf, isWellFormedJson } from './json/well-formed.js';
export { repeatedKeyOf } from './json/repeated-key.js';
export { uuidV5In } from './names/uuid-v5.js';
export { newUuidV7 } from './names/uuid-v7.js';
