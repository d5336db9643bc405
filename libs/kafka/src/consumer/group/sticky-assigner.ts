import type { PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from '../../client/kafkajs.js';
import type { Assignment } from '../partitions/assigned-partitions.js';
import { assignSticky, type AssignableMember } from './sticky-assignment.js';

const NAME = 'FleethookStickyAssigner';
const VERSION = 0;

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
    // oxlint-disable-next-line typescript/require-await -- the client wants a promise
    assign: async ({ members, topics }) => {
      const assigned = assignSticky(
        members.map(({ memberId, memberMetadata }) => memberOf(memberId, memberMetadata)),
        topics.map((name) => ({
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
