import { ApiClient } from '../connection/api-client.js';
import type { Invocation } from '../running/invocation.js';
import { parseSecret, type KnownSecret } from '../verify/secrets.js';
import { explained } from '../webhooks/explained.js';
import type { WebhookFilter } from '../webhooks/webhook-settings.js';

const DESCRIPTION = 'fleethook listen';
/** Of one webhook. */
const MAX_EVENTS = 100;
const MAX_TYPES = 1_000;

/** A webhook that lives as long as the receiver does. */
export interface OwnWebhook {
  readonly prn: string;
  readonly events: readonly string[];
  readonly secret: KnownSecret;
  /** Also after Ctrl-C. */
  readonly remove: () => Promise<void>;
}

export async function createOwnWebhook(
  { api, addresses }: Invocation,
  url: string,
  options: { readonly event?: readonly string[]; readonly filter?: WebhookFilter },
): Promise<OwnWebhook> {
  const events = options.event ?? (await deliverableTypes(api)).slice(0, MAX_EVENTS);
  const reply = await explained(
    api.call('POST /webhooks', {
      body: { url, description: DESCRIPTION, enabled_events: events, filter: options.filter },
    }),
  );
  const { prn, secret } = reply.webhook;
  return {
    prn,
    events,
    secret: parseSecret(secret),
    remove: async () => {
      const lasting = new ApiClient(addresses, new AbortController().signal);
      await lasting.call('DELETE /webhooks/{prn}', { path: { prn } });
    },
  };
}

async function deliverableTypes(api: ApiClient): Promise<string[]> {
  const { items } = await api.list('GET /event-types', {}, MAX_TYPES);
  return items.filter(({ deliverable }) => deliverable).map(({ name }) => name);
}
