import { timestampOf } from '@fleethook/events';
import { standardWebhooksSecret } from '@fleethook/signing';
import type { DisabledBy, StoredFilter, WebhookEntity, WebhookState } from '@fleethook/store';
import type { WarningView } from '../warnings/warning.view.js';

/** A webhook as it was configured. Its secret is in none of these but `RevealedWebhook`. */
export interface WebhookFields {
  prn: string;
  organization_prn: string;
  url: string;
  description: string | null;
  enabled_events: string[];
  /** Null: all that it named. */
  filter: StoredFilter | null;
  /** Null here and below: the default. */
  timeout_ms: number | null;
  max_concurrency: number | null;
  rate_per_second: number | null;
  lanes: number;
  /** Their values are not shown. */
  header_names: string[];
  has_basic_auth: boolean;
  state: WebhookState;
  disabled_by: DisabledBy | null;
  /** The bookmark: `"resume_from": "bookmark"` goes on from here. */
  disabled_at: string | null;
  inserted_at: string;
  updated_at: string;
}

/** The same, with what is known of its endpoint. */
export interface WebhookView extends WebhookFields {
  /** Null while its endpoint does not fail. */
  failing_since: string | null;
  /** The latest few since it was enabled, newest first. */
  warnings: WarningView[];
}

/** The one reply in which a secret is shown: to the call that made it. */
export interface RevealedWebhook extends WebhookFields {
  secret: string;
  /** The same secret, as libraries of Standard Webhooks want it. */
  standard_webhooks_secret: string;
}

export function webhookFields(webhook: WebhookEntity): WebhookFields {
  return {
    prn: webhook.prn,
    organization_prn: webhook.organizationPrn,
    url: webhook.url,
    description: webhook.description,
    enabled_events: webhook.enabledEvents,
    filter: webhook.filter,
    timeout_ms: webhook.timeoutMs,
    max_concurrency: webhook.maxConcurrency,
    rate_per_second: webhook.ratePerSecond,
    lanes: webhook.lanes,
    header_names: webhook.headerNames,
    has_basic_auth: webhook.sealedBasicAuth !== null,
    state: webhook.state,
    disabled_by: webhook.disabledBy,
    disabled_at: webhook.disabledAt === null ? null : timestampOf(webhook.disabledAt.getTime()),
    inserted_at: timestampOf(webhook.insertedAt.getTime()),
    updated_at: timestampOf(webhook.updatedAt.getTime()),
  };
}

export function revealedWebhook(webhook: WebhookEntity, secret: string): RevealedWebhook {
  return { ...webhookFields(webhook), secret, standard_webhooks_secret: standardWebhooksSecret(secret) };
}
