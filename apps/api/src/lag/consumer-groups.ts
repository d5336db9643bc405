import type { GroupTopics } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';

const RETRY_TOPIC = /^webhook\.retry\./;

/** The groups of all apps, whose lag is measured. Readers of the configuration topic commit nothing, so they have none. */
export function consumerGroups(existing: readonly string[]): readonly GroupTopics[] {
  const { events, deliveries, attempts, dead } = TOPICS;
  return [
    { group: 'router', topics: [events.name] },
    { group: 'delivery', topics: [deliveries.name] },
    { group: 'delivery-tiers', topics: existing.filter((topic) => RETRY_TOPIC.test(topic)) },
    { group: 'recorder', topics: [attempts.name, dead.name] },
    { group: 'recorder-events', topics: [events.name] },
    { group: 'api.gone-endpoints', topics: [attempts.name] },
  ];
}
