import { deliveryIdOf, organizationOf, type Prn } from '@fleethook/events';
import { attemptFact, eventFact, EventWriter, HistoryPartitions, HistoryWriter } from '@fleethook/store';
import { attemptMessage, eventMessage } from '../../support/facts.js';
import type { ApiWorld } from './api-world.js';

const RETENTION_MS = 30 * 86_400_000;

export interface RecordedDelivery {
  readonly event: Prn<'event'>;
  readonly id: string;
}

/** An event and its delivery to a webhook, as the recorder writes them. */
export async function recordedDelivery(
  world: ApiWorld,
  webhook: Prn<'webhook'>,
  message = eventMessage({ organization: organizationOf(webhook) }),
  configVersion = 1,
): Promise<RecordedDelivery> {
  const { event, acceptedAtMs } = message;
  const options = { nowMs: Date.now(), retentionMs: RETENTION_MS };
  const partitions = new HistoryPartitions(world.store);
  await new EventWriter(world.store, partitions).write([eventFact(message)], options);
  const startedAtMs = acceptedAtMs + 5;
  const attempt = attemptMessage({ event, webhook, acceptedAtMs, startedAtMs, configVersion });
  await new HistoryWriter(world.store, partitions).write([attemptFact(attempt)], options);
  return { event, id: deliveryIdOf(event, webhook) };
}
