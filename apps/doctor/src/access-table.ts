import { retryTopic, TOPICS, type TopicSpec } from '@fleethook/messages';

/** What each app asks of Kafka: the ACLs that it needs and no more. The table of docs/operations/secure.md is checked against it. */

export const APP_NAMES = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const;
export type AccessedBy = (typeof APP_NAMES)[number];

export interface Access {
  readonly reads: readonly TopicSpec[];
  readonly writes: readonly TopicSpec[];
  /** Groups of fixed names. */
  readonly groups: readonly string[];
  /** Groups whose names begin so: a reader of a whole topic makes one of its own, and deletes it again. */
  readonly groupPrefixes: readonly string[];
}

const { events, config, deliveries, attempts, dead } = TOPICS;

/** @param retryDelaysMs the schedule's */
export function accessOf(app: AccessedBy, retryDelaysMs: readonly number[]): Access {
  const tiers = retryDelaysMs.map(retryTopic);
  switch (app) {
    case 'ingest':
      return { reads: [config], writes: [events], groups: [], groupPrefixes: [`ingest.${config.name}.`] };
    case 'router':
      return {
        reads: [events, config],
        writes: [deliveries, dead],
        groups: ['router'],
        groupPrefixes: [`router.${config.name}.`],
      };
    case 'delivery':
      return {
        reads: [deliveries, ...tiers, config],
        writes: [deliveries, ...tiers, attempts, dead],
        groups: ['delivery', 'delivery-tiers'],
        groupPrefixes: [`delivery.${config.name}.`],
      };
    case 'recorder':
      return {
        reads: [attempts, dead, events, config],
        writes: [],
        groups: ['recorder', 'recorder-events'],
        groupPrefixes: [`recorder.${config.name}.`],
      };
    case 'api':
      return {
        reads: [config, attempts, events, dead],
        writes: [config, deliveries, events],
        groups: ['api.gone-endpoints'],
        groupPrefixes: [`api.${config.name}.`, 'replay.', 'bodies.'],
      };
  }
}

function once(topics: readonly TopicSpec[]): TopicSpec[] {
  return [...new Map(topics.map((topic) => [topic.name, topic])).values()];
}

/** Of all apps together. */
export function accessOfAll(retryDelaysMs: readonly number[]): Access {
  const all = APP_NAMES.map((app) => accessOf(app, retryDelaysMs));
  return {
    reads: once(all.flatMap(({ reads }) => reads)),
    writes: once(all.flatMap(({ writes }) => writes)),
    groups: all.flatMap(({ groups }) => groups),
    groupPrefixes: all.flatMap(({ groupPrefixes }) => groupPrefixes),
  };
}
