import type { InspectedCluster, Operation } from '@fleethook/kafka';
import type { TopicSpec } from '@fleethook/messages';
import type { Access } from '../access-table.js';
import { fail, ok, warn, type Finding } from '../finding.js';

const CHECK = 'kafka.access';
const ACL_NAMES = {
  read: 'Read',
  write: 'Write',
  create: 'Create',
  describe: 'Describe',
  describe_configs: 'DescribeConfigs',
};

/** Whether our credentials may do with each topic what the apps do; Kafka says so of itself (KIP-430). */
export function accessFindings(access: Access, cluster: InspectedCluster, prefix: string, user: string): Finding[] {
  const faults: Finding[] = [];
  const need = (topic: TopicSpec, operation: Operation): void => {
    const name = prefix + topic.name;
    const found = cluster.topics.find((candidate) => candidate.name === name);
    // One that is missing is a finding already; one that is hidden from us is not there to be told from it.
    if (found === undefined || (found.fault !== undefined && found.fault !== 'TOPIC_AUTHORIZATION_FAILED')) return;
    if (!found.operations.has(operation))
      faults.push(fail(CHECK, `${user} may not ${operation} ${name}`, aclFor(user, operation, 'topic', name)));
  };
  for (const topic of access.reads) need(topic, 'read');
  for (const topic of access.writes) need(topic, 'write');
  for (const topic of new Set([...access.reads, ...access.writes])) need(topic, 'describe_configs');
  const isMissing = cluster.topics.some(({ fault }) => fault === 'UNKNOWN_TOPIC_OR_PARTITION');
  if (isMissing && !cluster.operations.has('create'))
    faults.push(
      warn(
        CHECK,
        `${user} may not create topics, and some are missing`,
        'make them by hand, or allow Create on the cluster',
      ),
    );
  if (faults.length > 0 || cluster.topics.every(({ fault }) => fault !== undefined)) return faults;
  return [ok(CHECK, `${user} may read and write what the apps read and write`)];
}

export function aclFor(user: string, operation: Operation, kind: 'topic' | 'group', name: string): string {
  return `kafka-acls.sh --add --allow-principal User:${user} --operation ${ACL_NAMES[operation]} --${kind} ${name}`;
}
