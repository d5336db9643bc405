export { StoreModule } from './store.module.js';
export type { StoreOptions } from './store-options.js';
export { Database } from './database.js';
export { STORE_ERRORS, StoreError, storeErrorOf, type StoreErrorCode } from './store-error.js';
export { migrate } from './migrate.js';
export { LOCKS } from './advisory-locks.js';
export { LeaderSession, type LeaderSessionOptions } from './leader-session.js';
export { Outbox, OUTBOX_CHANNEL, type OutboxRow } from './outbox.js';
export { apiKeyConfigOf, eventTypeConfigOf, liveSecrets, webhookConfigOf } from './config-of.js';
export { EventTypeQueries, type EventTypeChange, type EventTypeKey } from './queries/event-type.queries.js';
export { ApiKeyQueries } from './queries/api-key.queries.js';
export {
  WebhookQueries,
  type UpdateResult,
  type WebhookChange,
  type WebhookFilter,
  type WebhookListing,
  type WebhookPosition,
} from './queries/webhook.queries.js';
export { EventTypeEntity } from './entities/event-type.entity.js';
export { ApiKeyEntity } from './entities/api-key.entity.js';
export { WebhookEntity, type DisabledBy, type StoredSecret, type WebhookState } from './entities/webhook.entity.js';
export { attemptFact, deathFact, type HistoryFact } from './history/history-fact.js';
export { HistoryPartitions, type UpkeepResult } from './history/history-partitions.js';
export { HistoryWriter, type RefusedFact, type WriteOptions, type WriteResult } from './history/history-writer.js';
export {
  DELIVERY_STATUSES,
  HistoryQueries,
  type AttemptRecord,
  type DeliveryListing,
  type DeliveryPosition,
  type DeliveryRecord,
  type DeliveryStatus,
} from './history/history.queries.js';
