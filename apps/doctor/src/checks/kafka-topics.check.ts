import type { ClusterInspector, Drift, InspectedCluster, InspectedTopic, KafkaConnection } from '@fleethook/kafka';
import type { TopicSpec } from '@fleethook/messages';
import { fail, findings, ok, warn, type Finding } from '../finding.js';

const CHECK = 'kafka.topics';

/** Whether each topic is there, as the table wants it, and in good health. */
export async function topicFindings(
  inspector: ClusterInspector,
  specs: readonly TopicSpec[],
  cluster: InspectedCluster,
  connection: KafkaConnection,
): Promise<readonly Finding[]> {
  const present = cluster.topics.filter(({ fault }) => fault === undefined);
  const faults = [
    ...missing(cluster.topics),
    ...cluster.topics.flatMap((topic) => broken(topic)),
    ...present.flatMap((topic) => health(topic)),
    ...(await findings(CHECK, 'allow DescribeConfigs on the topics', async () => {
      const existing = specs.filter(({ name }) => present.some((topic) => topic.name === connection.prefix + name));
      if (existing.length === 0) return [];
      const drifts = await inspector.drifts(existing, cluster);
      return [...drifts].flatMap(([name, found]) => found.map((drift) => drifted(name, drift)));
    })),
  ];
  if (faults.length > 0 || present.length === 0) return faults;
  return [ok(CHECK, `${present.length} topics are there, as the table wants them`)];
}

/** All that are missing in one line: on an empty cluster that is every one. */
function missing(topics: readonly InspectedTopic[]): Finding[] {
  const names = topics.filter(({ fault }) => fault === 'UNKNOWN_TOPIC_OR_PARTITION').map(({ name }) => name);
  if (names.length === 0) return [];
  const remedy = 'start the apps, which make them, or make them by hand as docs/topics.md has them';
  return [fail(CHECK, `missing: ${names.toSorted().join(', ')}`, remedy)];
}

/** Beside those that are missing and those that we may not see, which are told of elsewhere. */
function broken({ name, fault }: InspectedTopic): Finding[] {
  if (fault === undefined || fault === 'UNKNOWN_TOPIC_OR_PARTITION' || fault === 'TOPIC_AUTHORIZATION_FAILED')
    return [];
  return [fail(CHECK, `${name}: ${fault}`, 'look at the brokers')];
}

function health({ name, leaderless, underReplicated }: InspectedTopic): Finding[] {
  if (leaderless > 0)
    return [fail(CHECK, `${leaderless} partitions of ${name} have no leader`, 'bring their brokers back')];
  if (underReplicated > 0)
    return [
      warn(CHECK, `${underReplicated} partitions of ${name} miss a replica`, 'bring the broker back, or give it time'),
    ];
  return [];
}

/** What stops writes or loses records is a failure, the rest a warning. */
function drifted(name: string, { setting, wanted, found }: Drift): Finding {
  const said = `${name} has ${setting} ${found} instead of ${wanted}`;
  switch (setting) {
    case 'partitions':
      return warn(CHECK, said, 'fine if you chose it, see docs/operations/topics.md');
    case 'replicas':
      return warn(CHECK, said, 'kafka-reassign-partitions.sh, or set KAFKA_REPLICATION_FACTOR to what you chose');
    case 'cleanup.policy':
    case 'message.timestamp.type':
      return fail(CHECK, said, alter(name, setting, wanted));
    default:
      return warn(CHECK, said, alter(name, setting, wanted));
  }
}

function alter(name: string, setting: string, wanted: string): string {
  return `kafka-configs.sh --alter --entity-type topics --entity-name ${name} --add-config ${setting}=${wanted}`;
}
