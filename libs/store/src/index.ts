export { StoreModule } from './store.module.js';
export type { StoreOptions } from './store-options.js';
export { Database, type Alongside, type Transaction } from './database.js';
export { DatabaseClock } from './database-clock.js';
export { STORE_ERRORS, StoreError, storeErrorOf, type StoreErrorCode } from './store-error.js';
export { migrate } from './migrate.js';
export {
  StoreInspector,
  type InspectedSchema,
  type InspectedSeals,
  type InspectedServer,
} from './inspection/store-inspector.js';
export { LOCKS } from './advisory-locks.js';
export { LeaderSession, type LeaderSessionOptions } from './leader-session.js';
export { Outbox, OUTBOX_CHANNEL, type OutboxRow } from './outbox.js';
export { EventOutbox, enqueueEvent } from './event-outbox.js';
export { apiKeyConfigOf, eventTypeConfigOf, liveSecrets, webhookConfigOf } from './config-of.js';
export { audit, type AuditedChange } from './audit/audit.js';
export { AUDIT_ACTIONS, type AuditAction } from './audit/audit-action.js';
export { AuditLog, type AuditEntry, type AuditListing } from './audit/audit-log.js';
export { SYSTEM, type Author } from './audit/author.js';
export { replyOwner, Resealing, type ResealResult } from './resealing.js';
export { BootstrapKeyQueries } from './queries/bootstrap-key.queries.js';
export { ApiKeyQueries, type ApiKeyChange } from './queries/api-key.queries.js';
export { ConsoleSessionQueries, type ConsoleSession } from './console/console-session.queries.js';
export { IdempotencyQueries, type ClaimResult, type IdempotencyKey } from './queries/idempotency.queries.js';
export { OrganizationQueries } from './queries/organization.queries.js';
export { EventTypeQueries, type EventTypeChange, type EventTypeKey } from './queries/event-type.queries.js';
export { WebhookQueries, type Decision, type WebhookChange } from './queries/webhook.queries.js';
export type { WebhookFilter, WebhookListing, WebhookPosition } from './queries/webhook-listing.js';
export { EventTypeEntity } from './entities/event-type.entity.js';
export { ApiKeyEntity } from './entities/api-key.entity.js';
export { OrganizationEntity } from './entities/organization.entity.js';
export {
  WebhookEntity,
  type DisabledBy,
  type StoredFilter,
  type StoredSecret,
  type WebhookState,
} from './entities/webhook.entity.js';
export { attemptFact, deathFact, type HistoryFact } from './history/deliveries/history-fact.js';
export { eventsOfAttempt } from './history/events/attempt-events.js';
export { eventFact, type EventFact } from './history/events/event-fact.js';
export { Erasure, type ErasedDevice } from './history/erasure.js';
export { EventWriter, type EventWriteResult } from './history/events/event-writer.js';
export { HistoryPartitions, type UpkeepResult } from './history/history-partitions.js';
export {
  HistoryWriter,
  type RefusedFact,
  type WriteOptions,
  type WriteResult,
} from './history/deliveries/history-writer.js';
export {
  DELIVERY_STATUSES,
  type DeliveryFilters,
  type DeliveryListing,
  type DeliveryOwner,
  type DeliveryPosition,
  type DeliveryStatus,
} from './history/deliveries/delivery-page.js';
export { HistoryQueries, type AttemptRecord, type DeliveryRecord } from './history/deliveries/history.queries.js';
export { EventQueries, type RecordedEvent } from './history/events/event.queries.js';
export type { EventListing, EventPosition } from './history/events/event-page.js';
export { BusyDevices } from './history/counts/busy-devices.js';
export {
  DELIVERY_DIMENSIONS,
  EVENT_DIMENSIONS,
  InsightQueries,
  type AttemptCount,
  type BucketRange,
  type DeliveryDimension,
  type EventCount,
  type EventDimension,
} from './history/counts/insight.queries.js';
export {
  OverviewQueries,
  type BucketCounts,
  type UnfinishedCounts,
  type WebhookCounts,
} from './history/counts/overview.queries.js';
export { MOST_WAITING, WebhookActivityQueries, type HourOfWebhook } from './history/counts/webhook-activity.queries.js';
export { RecentCounts } from './history/counts/recent-counts.queries.js';
export { BreakerQueries, type BreakerState } from './health/breaker.queries.js';
export { HealthQueries, type FailingWebhook } from './health/health.queries.js';
export { HOUR_MS, STRUGGLING_TRIES, type StrugglingDelivery, type WebhookHealth } from './health/webhook-health.js';
export { WarningQueries } from './health/warning.queries.js';
export {
  WARNING_KINDS,
  type NewWarning,
  type Warned,
  type WarningDetails,
  type WarningKind,
  type WebhookWarning,
} from './health/webhook-warning.js';
export { OrganizationSettingsQueries, type OrganizationSettings } from './health/organization-settings.queries.js';
export {
  REPLAY_STATES,
  ReplayEntity,
  type ReplayFilter,
  type ReplayPosition,
  type ReplayReason,
  type ReplaySource,
  type ReplayState,
} from './replays/replay.entity.js';
export { BookmarkWindows, type OpenWindow } from './replays/bookmark-windows.queries.js';
export { EndedReplays } from './replays/ended-replays.queries.js';
export { REPLAY_CHANNEL, ReplayQueries, type NewReplay, type ReplayListing } from './replays/replay.queries.js';
export {
  ReplayRunQueries,
  type GoingReplay,
  type ReplayEnd,
  type ReplayProgress,
} from './replays/replay-runs.queries.js';
export {
  ReplayableDeliveries,
  type FailedWindow,
  type ReplayableDelivery,
} from './replays/replayable-deliveries.queries.js';
export { EventBodyQueries, type WantedBody } from './replays/event-body.queries.js';
