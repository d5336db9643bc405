import type { WatchedGroup } from '@fleethook/kafka';
import { retryDelayOf, TOPICS } from '@fleethook/messages';

/** What the apps' groups are called, and what they read. */
const { events, deliveries, attempts, dead } = TOPICS;

const reading = (...topics: readonly { readonly name: string }[]) => {
  const names = new Set(topics.map(({ name }) => name));
  return (topic: string): boolean => names.has(topic);
};

/** The group that moves what is due from the tiers back to the deliveries: what it has before it waits, and does not lag. */
export const TIERS_GROUP = 'delivery-tiers';
/** The group that writes attempts to the history. */
export const HISTORY_GROUP = 'recorder';

export const WATCHED_GROUPS: readonly WatchedGroup[] = [
  { group: 'router', reads: reading(events) },
  { group: 'delivery', reads: reading(deliveries) },
  { group: TIERS_GROUP, reads: (topic) => retryDelayOf(topic) !== undefined },
  { group: HISTORY_GROUP, reads: reading(attempts, dead) },
  { group: 'recorder-events', reads: reading(events) },
  { group: 'api.gone-endpoints', reads: reading(attempts) },
];
