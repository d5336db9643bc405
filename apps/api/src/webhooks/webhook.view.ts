import { timestampOf } from '@fleethook/events';
import { standardWebhooksSecret } from '@fleethook/signing';
import type { DisabledBy, WebhookEntity, WebhookState } from '@fleethook/store';

/** A webhook as clients see it. Its secret is in none of these but `RevealedWebhook`. */
export interface WebhookView {
  prn: string;
  organization_prn: string;
  url: string;
  description: string | null;
  enabled_events: string[];
  state: WebhookState;
  disabled_by: DisabledBy | null;
  /** The bookmark: `"resume_from": "bookmark"` goes on from here. */
  disabled_at: string | null;
  inserted_at: string;
  updated_at: string;
}

/** The one reply in which a secret is shown: to the call that made it. */
export interface RevealedWebhook extends WebhookView {
  secret: string;
  /** The same secret, as libraries of Standard Webhooks want it. */
  standard_webhooks_secret: string;
}

export function webhookView(webhook: WebhookEntity): WebhookView {
  return {
    prn: webhook.prn,
    organization_prn: webhook.organizationPrn,
    url: webhook.url,
    description: webhook.description,
    enabled_events: webhook.enabledEvents,
    state: webhook.state,
    disabled_by: webhook.disabledBy,
    disabled_at: webhook.disabledAt === null ? null : timestampOf(webhook.disabledAt.getTime()),
    inserted_at: timestampOf(webhook.insertedAt.getTime()),
    updated_at: timestampOf(webhook.updatedAt.getTime()),
  };
}

export function revealedWebhook(webhook: WebhookEntity, secret: string): RevealedWebhook {
  return { ...webhookView(webhook), secret, standard_webhooks_secret: standardWebhooksSecret(secret) };
}
