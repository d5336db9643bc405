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
} from './prn.js';
export { eventNameOf, normaliseEventName, parseEventName, type EventName } from './event-name.js';
export { timestampOf, type Envelope, type JsonObject, type JsonValue } from './envelope.js';
export { EVENT_ERRORS, EventError, type EventErrorCode } from './event-error.js';
