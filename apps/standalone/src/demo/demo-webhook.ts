import { setTimeout as pause } from 'node:timers/promises';
import type { AdminApi } from '../admin-api.js';
import type { DemoState } from './demo-state.js';

const DESCRIPTION = 'Fleethook demo receiver';
const TRIES = 5;
const PAUSE_MS = 2_000;

interface Webhook {
  readonly prn: string;
  readonly url: string;
  readonly state: string;
  readonly secret?: string;
}

/**
 * The demo's webhook: the one of the last start where it still fits, else a new one in place of it.
 * @returns its secret
 * @throws when the Admin API refuses, with what it said
 */
export async function ensureDemoWebhook(
  api: AdminApi,
  state: DemoState,
  events: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const known = state.values.webhook;
  const found = known === undefined ? undefined : await read(api, known.prn);
  if (known !== undefined && found?.url === state.url) {
    if (found.state === 'enabled') return known.secret;
    const reply = await api.call('PATCH', `/webhooks/${known.prn}`, { prn: known.prn, state: 'enabled' });
    if (reply.status === 200) return known.secret;
  }
  await removeEarlier(api);
  return create(api, state, events, signal);
}

async function create(
  api: AdminApi,
  state: DemoState,
  events: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  let refusal = '';
  for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
    const reply = await api.call('POST', '/webhooks', {
      url: state.url,
      description: DESCRIPTION,
      enabled_events: events,
    });
    const webhook = (reply.body as { webhook?: Webhook } | undefined)?.webhook;
    if (reply.status === 201 && webhook?.secret !== undefined) {
      state.keepWebhook({ prn: webhook.prn, secret: webhook.secret });
      return webhook.secret;
    }
    refusal = `${reply.status} ${JSON.stringify(reply.body)}`;
    await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new Error(`the demo's webhook was refused: ${refusal}`);
}

async function read(api: AdminApi, prn: string): Promise<Webhook | undefined> {
  const reply = await api.call('GET', `/webhooks/${prn}`);
  return reply.status === 200 ? (reply.body as { webhook: Webhook }).webhook : undefined;
}

/** Whose secret or receiver is lost would fail for three days. */
async function removeEarlier(api: AdminApi): Promise<void> {
  const search = new URLSearchParams({ search: `description:'${DESCRIPTION}'`, limit: '100' });
  const reply = await api.call('GET', `/webhooks?${search.toString()}`);
  const { webhooks = [] } = (reply.body ?? {}) as { webhooks?: Webhook[] };
  for (const { prn } of webhooks) await api.call('DELETE', `/webhooks/${prn}`);
}
