import type { Cluster, PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from '../../client/kafkajs.js';
import type { Assignment } from '../partitions/assigned-partitions.js';
import { assignSticky, type AssignableMember } from './sticky-assignment.js';

const NAME = 'FleethookStickyAssigner';
const VERSION = 0;
/** What the client says of topics that do not exist, or are forbidden. */
const NOT_TO_BE_READ = new Set<unknown>([
  'INVALID_TOPIC_EXCEPTION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/**
 * Assigns partitions to who had them. Every member tells what it has when it joins; the leader decides.
 * @param owned what this member has now
 */
export function stickyAssigner(owned: () => Assignment): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    assign: async ({ members, topics }) => {
      const joined = members.map(({ memberId, memberMetadata }) => memberOf(memberId, memberMetadata));
      const assigned = assignSticky(
        joined,
        (await topicsOf(cluster, topics, joined)).map((name) => ({
          name,
          partitions: cluster.findTopicPartitionMetadata(name).map(({ partitionId }) => partitionId),
        })),
      );
      return [...assigned].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/**
 * What any member reads, and not what the leader does alone: while settings are rolled out, members differ in their topics, and what nobody
 * is assigned nobody reads.
 */
async function topicsOf(
  cluster: Cluster,
  own: readonly string[],
  members: readonly AssignableMember[],
): Promise<readonly string[]> {
  const all = new Set([...own, ...members.flatMap(({ topics }) => [...topics])]);
  try {
    // Until then the client knows the partitions of its own topics only.
    await cluster.addMultipleTargetTopics([...all]);
  } catch (error) {
    // One member's mistake must not keep the others from their work.
    if (error instanceof Error && 'type' in error && NOT_TO_BE_READ.has(error.type)) return own;
    throw error;
  }
  return [...all];
}

function memberOf(id: string, metadata: Buffer): AssignableMember {
  const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
  return { id, topics: new Set(decoded?.topics), owned: ownedOf(decoded?.userData) };
}

/** What another release of ours may have written some day must not stop a group. */
function ownedOf(userData: Buffer | null | undefined): Record<string, number[]> {
  try {
    const parsed: unknown = JSON.parse(userData?.toString() ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, number[]] => isNumbers(entry[1])),
    );
  } catch {
    return {};
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(Number.isInteger);
}
