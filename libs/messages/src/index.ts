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
export { headerInteger, headerText, type EncodedRecord, type RecordHeaders, type RecordToSend } from './headers.js';
export { MESSAGE_ERRORS, MessageError, type MessageErrorCode } from './message-error.js';
export { decodeEvent, encodeEvent, isNormalised, type EventMessage } from './event.message.js';
export { EventReader } from './event-reader.js';
export type { EventRead, EventRecord } from './event-read.js';
export { decodeDelivery, deliveryKey, encodeDelivery, type DeliveryMessage } from './delivery.message.js';
export { decodeAttempt, encodeAttempt, type AttemptMessage, type NextStep } from './attempt.message.js';
export { decodeBreaker, encodeBreaker, reportKind, type BreakerMessage, type ReportKind } from './breaker.message.js';
export {
  DEAD_REASONS,
  decodeDead,
  encodeDeadDelivery,
  encodeDeadRecord,
  type DeadDelivery,
  type DeadReason,
  type DeadRecord,
  type SourceCoordinates,
} from './dead-letter.message.js';
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
} from './webhook-config.message.js';
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
} from './sealed-headers.js';
export { SecretSealer } from './sealed-secret.js';
export { hashApiKey, newApiKey } from './api-key-hash.js';
