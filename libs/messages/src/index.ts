export {
  MAX_DELIVERY_RECORD_BYTES,
  MAX_EVENT_BYTES,
  retryDelayOf,
  retryTopic,
  TOPICS,
  type RetryDelay,
  type TopicName,
  type TopicSpec,
} from './topic-table.js';
export {
  headerInteger,
  headerText,
  traceHeaders,
  writeTrace,
  type EncodedRecord,
  type RecordHeaders,
  type RecordToSend,
  type TraceHeaders,
} from './records/headers.js';
export { MESSAGE_ERRORS, MessageError, type MessageErrorCode } from './message-error.js';
export { decodeEvent, encodeEvent, isNormalised, type EventMessage } from './records/event.message.js';
export { EventReader } from './records/event-reader.js';
export type { EventRead, EventRecord, RefusedRecord } from './records/event-read.js';
export { UNREADABLE_HEADER } from './records/unreadable.js';
export { laneOf, MAX_LANES } from './lane-of.js';
export {
  decodeDelivery,
  deliveryKey,
  encodeDelivery,
  rereadDelivery,
  type DeliveryMessage,
} from './records/delivery.message.js';
export { decodeAttempt, encodeAttempt, type AttemptMessage, type NextStep } from './records/attempt.message.js';
export {
  decodeBreaker,
  encodeBreaker,
  reportKind,
  type BreakerMessage,
  type ReportKind,
} from './records/breaker.message.js';
export {
  DEAD_REASONS,
  decodeDead,
  encodeDeadDelivery,
  encodeDeadRecord,
  type DeadDelivery,
  type DeadReason,
  type DeadRecord,
  type SourceCoordinates,
} from './records/dead-letter.message.js';
export {
  API_KEY_SCOPES,
  configKey,
  decodeConfig,
  encodeConfig,
  encodeTombstone,
  eventTypeOfKey,
  type ApiKeyConfig,
  type ApiKeyScope,
  type ConfigMessage,
  type EventTypeConfig,
  type WebhookConfig,
} from './records/webhook-config.message.js';
export {
  basicAuthOwner,
  headersOwner,
  openBasicAuth,
  openHeaders,
  openOwnHeaders,
  sealBasicAuth,
  sealHeaders,
  type BasicAuth,
  type OwnHeaders,
  type SealedHeaders,
} from './sealing/sealed-headers.js';
export { SecretSealer } from './sealing/sealed-secret.js';
export { hashApiKey, newApiKey } from './sealing/api-key-hash.js';
