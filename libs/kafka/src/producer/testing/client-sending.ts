import type { PartitionerArgs } from 'kafkajs';
import { internalOf } from '../../client/kafkajs.js';
import type { PartitionReply } from '../produce-client.js';

export interface ProduceCall {
  readonly topicData: readonly { readonly partitions: readonly { readonly partition: number }[] }[];
}

/** A broker, as far as the client's way of sending sees it. */
export interface ScriptedBroker {
  readonly nodeId: string;
  produce(call: ProduceCall): Promise<object>;
}

type SendMessages = (call: object) => Promise<readonly PartitionReply[]>;

const createSendMessages = internalOf('producer/sendMessages') as (parts: object) => SendMessages;
const createRetry = internalOf('retry') as (options: object) => unknown;
const { createErrorFromCode } = internalOf('protocol/error') as { createErrorFromCode: (code: number) => Error };

/** What the client throws for a code of the protocol. */
export const errorOfCode = createErrorFromCode;

export const partitionsOf = ({ topicData }: ProduceCall): number[] =>
  topicData.flatMap(({ partitions }) => partitions.map(({ partition }) => partition));

/** The client's own way of sending a call and trying it again, over brokers of a spec. The topic `t` has two partitions. */
export function clientSending(
  brokers: readonly ScriptedBroker[],
  leaderOf: (partition: number) => string,
  partitioner: (args: PartitionerArgs) => number,
): SendMessages {
  const cluster = {
    targetTopics: new Set(['t']),
    isConnected: () => true,
    addMultipleTargetTopics: async () => {},
    refreshMetadataIfNecessary: async () => {},
    refreshMetadata: async () => {},
    findTopicPartitionMetadata: () => [{ partitionId: 0 }, { partitionId: 1 }],
    findLeaderForPartitions: (_topic: string, partitions: readonly string[]) => {
      const leaders: Record<string, number[]> = {};
      for (const partition of partitions.map(Number)) (leaders[leaderOf(partition)] ??= []).push(partition);
      return leaders;
    },
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers.find((broker) => broker.nodeId === nodeId),
  };
  return createSendMessages({
    logger: { debug: () => {}, error: () => {}, info: () => {}, warn: () => {} },
    cluster,
    partitioner,
    eosManager: {
      acquireBrokerLock: async () => {},
      releaseBrokerLock: async () => {},
      updateSequence: () => {},
      isTransactional: () => false,
      getSequence: () => 0,
      getProducerId: () => -1,
      getProducerEpoch: () => 0,
    },
    retrier: createRetry({ initialRetryTime: 1, maxRetryTime: 2, retries: 3, factor: 0, multiplier: 1 }),
  });
}
