import type { JsonSchema } from '@fleethook/events';
import type { ApiKeyConfig, EventTypeConfig, WebhookConfig } from '@fleethook/messages';
import type { ApiKeyEntity } from './entities/api-key.entity.js';
import type { EventTypeEntity } from './entities/event-type.entity.js';
import type { StoredSecret, WebhookEntity } from './entities/webhook.entity.js';

/** What the data plane is told about a webhook. Secrets that have expired are left out: nothing may sign with them again. */
export function webhookConfigOf(webhook: WebhookEntity, nowMs: number): WebhookConfig {
  return {
    v: 1,
    kind: 'webhook',
    version: webhook.version,
    prn: webhook.prn,
    organization: webhook.organizationPrn,
    url: webhook.url,
    enabledEvents: [...new Set(webhook.enabledEvents)],
    state: webhook.state,
    verifiedVersion: webhook.verifiedVersion,
    secrets: liveSecrets(webhook.secrets, nowMs),
    lanes: webhook.lanes,
    ...(webhook.filter === null ? {} : { filter: webhook.filter }),
    ...requestConfigOf(webhook),
  };
}

/** What is left to the default is left out. */
function requestConfigOf(webhook: WebhookEntity): Partial<WebhookConfig> {
  const { timeoutMs, maxConcurrency, ratePerSecond, sealedHeaders, sealedBasicAuth } = webhook;
  return {
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(maxConcurrency === null ? {} : { maxConcurrency }),
    ...(ratePerSecond === null ? {} : { ratePerSecond }),
    ...(sealedHeaders === null ? {} : { sealedHeaders }),
    ...(sealedBasicAuth === null ? {} : { sealedBasicAuth }),
  };
}

export function apiKeyConfigOf(key: ApiKeyEntity): ApiKeyConfig {
  return {
    v: 1,
    kind: 'api_key',
    version: key.version,
    prn: key.prn,
    organization: key.organizationPrn,
    hash: key.hash,
    scopes: [...key.scopes],
    ...(key.expiresAt === null ? {} : { expiresAtMs: key.expiresAt.getTime() }),
  };
}

/** What a type is checked by; the example is for people. */
export function eventTypeConfigOf(eventType: EventTypeEntity): EventTypeConfig {
  return {
    v: 1,
    kind: 'event_type',
    version: eventType.version,
    organization: eventType.organizationPrn,
    name: eventType.name,
    schema: JSON.parse(eventType.schemaJson) as JsonSchema,
  };
}

/** Those that may still sign, oldest first. */
export function liveSecrets(secrets: readonly StoredSecret[], nowMs: number): StoredSecret[] {
  return secrets.filter((secret) => secret.expiresAtMs === undefined || secret.expiresAtMs > nowMs);
}
