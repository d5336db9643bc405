import type { EntityManager } from 'typeorm';
import { catalogue, type EventName, type Prn } from '@fleethook/events';

/**
 * Keeps the types of events that a webhook is about to name from being removed before it does: whoever removes one waits for the end of
 * this transaction, and finds the webhook then.
 * @returns the names that are no events (any more)
 */
export async function holdEventTypes(
  manager: EntityManager,
  organization: Prn<'organization'>,
  names: readonly EventName[],
): Promise<EventName[]> {
  const registered = names.filter((name) => !catalogue.has(name));
  if (registered.length === 0) return [];
  const rows = await manager.query<{ name: EventName }[]>(
    'SELECT name FROM event_types WHERE organization_prn = $1 AND name = ANY($2) ORDER BY name FOR SHARE',
    [organization, registered],
  );
  const held = new Set(rows.map(({ name }) => name));
  return registered.filter((name) => !held.has(name));
}
