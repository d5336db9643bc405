import type { AttemptMessage, EventMessage } from '@fleethook/messages';
import { attemptFact, eventFact, EventWriter, HistoryPartitions, HistoryWriter } from '@fleethook/store';
import type { ApiWorld } from './api-world.js';

const RETENTION_MS = 30 * 86_400_000;

/** What the recorder would have written of events and attempts. */
export async function recordHistory(
  { store }: ApiWorld,
  { events = [], attempts = [] }: { events?: readonly EventMessage[]; attempts?: readonly AttemptMessage[] },
): Promise<void> {
  const partitions = new HistoryPartitions(store);
  const options = { nowMs: Date.now(), retentionMs: RETENTION_MS };
  if (events.length > 0) await new EventWriter(store, partitions).write(events.map(eventFact), options);
  if (attempts.length > 0) await new HistoryWriter(store, partitions).write(attempts.map(attemptFact), options);
}
