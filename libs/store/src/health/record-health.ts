import type { Database } from '../database.js';
import type { HistoryFact } from '../history/deliveries/history-fact.js';
import { healthParameters, RECORD_HEALTH } from './health-statement.js';
import { MAX_LEAD_MS } from './latest-moment.js';
import { healthOf, mergeHealth, type WebhookHealth } from './webhook-health.js';

/**
 * What a batch of facts says of its webhooks, in one statement. Writing facts again changes nothing. Those from too far ahead say nothing.
 * @param nowMs by PostgreSQL's clock
 * @throws StoreError
 */
export async function recordHealth(database: Database, facts: readonly HistoryFact[], nowMs: number): Promise<void> {
  const healths = new Map<string, WebhookHealth>();
  for (const fact of facts) {
    const health = healthOf(fact);
    if (health === undefined || newestMs(health) > nowMs + MAX_LEAD_MS) continue;
    const known = healths.get(health.webhook);
    healths.set(health.webhook, known === undefined ? health : mergeHealth(known, health));
  }
  if (healths.size === 0) return;
  // In the order of the key: two recorders cannot wait for each other's rows in a circle.
  const rows = [...healths.values()].toSorted((one, other) => (one.webhook < other.webhook ? -1 : 1));
  await database.prepared(RECORD_HEALTH, healthParameters(rows));
}

function newestMs({ lastSuccessAtMs = 0, lastFailureAtMs = 0, lastHorizonAtMs = 0 }: WebhookHealth): number {
  return Math.max(lastSuccessAtMs, lastFailureAtMs, lastHorizonAtMs);
}
