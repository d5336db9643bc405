import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiSettings } from '@fleethook/config';
import { isPrn } from '@fleethook/events';
import { ConfigTopicReader, connectionOf, setUpTopics } from '@fleethook/kafka';
import { configKey, eventTypeOfKey, TOPICS } from '@fleethook/messages';
import { Readiness, type Log, type Metrics } from '@fleethook/observability';
import { ApiKeyQueries, eventTypeConfigOf, EventTypeQueries, Outbox, WebhookQueries } from '@fleethook/store';
import { ConfigView } from '../outbox/config-view.js';
import { withStore } from './with-store.js';

export interface Republished {
  readonly webhooks: number;
  readonly apiKeys: number;
  readonly eventTypes: number;
  /** In the topic, and not in PostgreSQL: gone from there now. */
  readonly removed: number;
  /** Changes that Kafka does not have yet. */
  readonly waiting: number;
}

const PAGE = 200;
const POLL_INTERVAL_MS = 200;

/**
 * Writes all of the configuration to `webhook.config` again, as PostgreSQL has it, whether or not the topic says the same: under versions
 * above those that the topic has, so that every process takes it. What PostgreSQL does not have becomes a tombstone. It goes through the
 * outbox under each row's lock, so it can run beside everything else, and needs a running Admin API to be relayed.
 * @param waitMs for the relay, at most
 * @throws StoreError, KafkaError
 */
export async function republishConfiguration(
  settings: ApiSettings,
  observed: { log: Log; metrics: Metrics },
  waitMs: number,
): Promise<Republished> {
  const view = await currentView(settings, observed);
  return withStore(settings, observed, { name: 'republish', providers: [] }, async (app) => {
    const [webhooks, apiKeys, eventTypes] = [
      app.get(WebhookQueries),
      app.get(ApiKeyQueries),
      app.get(EventTypeQueries),
    ];
    const gone = new Set(view.keys());
    const counts = { webhooks: 0, apiKeys: 0, eventTypes: 0, removed: 0 };
    for await (const { prn } of pages((last?: { prn: string }) => webhooks.page(last?.prn ?? '', PAGE))) {
      gone.delete(prn);
      await webhooks.republish(prn, view.get(prn)?.version);
      counts.webhooks += 1;
    }
    for await (const { prn } of pages((last?: { prn: string }) => apiKeys.page(last?.prn ?? '', PAGE))) {
      gone.delete(prn);
      await apiKeys.republish(prn, view.get(prn)?.version);
      counts.apiKeys += 1;
    }
    type Type = Awaited<ReturnType<EventTypeQueries['page']>>[number];
    for await (const type of pages((last?: Type) => eventTypes.page(last, PAGE))) {
      const key = configKey(eventTypeConfigOf(type));
      gone.delete(key);
      await eventTypes.republish(type, view.get(key)?.version);
      counts.eventTypes += 1;
    }
    for (const key of gone) {
      const type = eventTypeOfKey(key);
      if (isPrn(key, 'webhook')) await webhooks.republish(key, undefined);
      else if (isPrn(key, 'api_key')) await apiKeys.republish(key, undefined);
      else if (type !== undefined)
        await eventTypes.republish({ organizationPrn: type.organization, name: type.name }, undefined);
      else continue;
      counts.removed += 1;
    }
    return { ...counts, waiting: await relayed(app.get(Outbox), waitMs) };
  });
}

/** What the topic says now. */
async function currentView(settings: ApiSettings, observed: { log: Log; metrics: Metrics }): Promise<ConfigView> {
  const connection = connectionOf(settings, 'fleethook-republish');
  const context = { ...observed, readiness: new Readiness() };
  const view = new ConfigView();
  await setUpTopics(connection, [TOPICS.config], context);
  const reader = new ConfigTopicReader(
    {
      connection,
      app: 'api',
      onChange: (key, message) => view.set(key, message),
      onRemove: (key) => view.delete(key),
      onReset: () => view.clear(),
    },
    context,
  );
  try {
    await reader.start();
    return view;
  } finally {
    await reader.close();
  }
}

async function* pages<T>(read: (last?: T) => Promise<T[]>): AsyncGenerator<T> {
  for (let last: T | undefined; ;) {
    const rows = await (last === undefined ? read() : read(last));
    yield* rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

async function relayed(outbox: Outbox, waitMs: number): Promise<number> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const waiting = await outbox.count();
    if (waiting === 0 || performance.now() >= deadlineMs) return waiting;
    await sleep(POLL_INTERVAL_MS);
  }
}
