import type { Message, PartitionerArgs } from 'kafkajs';
import { KafkaJSNonRetriableError } from '../client/kafkajs.js';
import type { PreparedMessage } from '../client/protocol/produce-protocol.js';

type Sent = Pick<Message, 'partition'> & Pick<PreparedMessage, 'isAwaited'>;

/**
 * Where a prepared batch goes. The client asks before each of a call's tries, so that it also ends a call that nobody waits for any more:
 * what was given back to its caller may be on its way again from there, and the old call would write it once more when the broker is back.
 *
 * @param onPartitions told how many partitions a topic has
 */
export function callPartitioner(onPartitions: (topic: string, partitions: number) => void) {
  return ({ topic, partitionMetadata, message }: PartitionerArgs): number => {
    const { partition = 0, isAwaited } = message as Sent;
    if (isAwaited?.() === false) throw new KafkaJSNonRetriableError('given back to its caller');
    onPartitions(topic, partitionMetadata.length);
    return partition;
  };
}
