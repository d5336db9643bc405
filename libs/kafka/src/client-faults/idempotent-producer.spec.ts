import { describe, expect, it } from '@jest/globals';
import { internalOf } from '../client/kafkajs.js';

interface ProduceCall {
  readonly topicData: readonly {
    readonly partitions: readonly { readonly firstSequence: number; readonly messages: readonly { value: string }[] }[];
  }[];
}

type SendMessages = (call: object) => Promise<readonly { readonly errorCode: number }[]>;

const { createErrorFromCode } = internalOf('protocol/error') as { createErrorFromCode: (code: number) => Error };
const createSendMessages = internalOf('producer/sendMessages') as (parts: object) => SendMessages;
const createEosManager = internalOf('producer/eosManager') as (parts: object) => { initProducerId(): Promise<void> };
const createRetry = internalOf('retry') as (options: object) => unknown;

const REQUEST_TIMED_OUT = 7;
const logger = { debug: () => {}, error: () => {}, info: () => {}, warn: () => {} };

/** One partition of a broker as it treats a producer with an id: what it has under these numbers it acknowledges and drops. */
class SequencedPartition {
  readonly nodeId = '1';
  readonly written: string[] = [];
  #next = 0;

  /** @param lostAnswers so many writes are done, but their answers come too late */
  constructor(private lostAnswers: number) {}

  async initProducerId(): Promise<object> {
    return { producerId: 1, producerEpoch: 0 };
  }

  async produce(call: ProduceCall): Promise<object> {
    const [entry] = call.topicData[0]?.partitions ?? [];
    const { firstSequence = -1, messages = [] } = entry ?? {};
    if (firstSequence > this.#next) throw createErrorFromCode(45);
    if (firstSequence === this.#next) {
      this.written.push(...messages.map(({ value }) => value));
      this.#next += messages.length;
    }
    if (this.lostAnswers-- > 0) throw createErrorFromCode(REQUEST_TIMED_OUT);
    return { topics: [{ topicName: 't', partitions: [{ partition: 0, errorCode: 0 }] }] };
  }
}

async function idempotentProducer(broker: SequencedPartition): Promise<(value: string) => ReturnType<SendMessages>> {
  const cluster = {
    retry: {},
    targetTopics: new Set(['t']),
    isConnected: () => true,
    addMultipleTargetTopics: async () => {},
    refreshMetadataIfNecessary: async () => {},
    refreshMetadata: async () => {},
    findControllerBroker: async () => broker,
    findTopicPartitionMetadata: () => [{ partitionId: 0 }],
    findLeaderForPartitions: () => ({ 1: [0] }),
    findBroker: async () => broker,
  };
  const eosManager = createEosManager({ logger, cluster, transactional: false });
  await eosManager.initProducerId();
  const sendMessages = createSendMessages({
    logger,
    cluster,
    eosManager,
    partitioner: () => 0,
    retrier: createRetry({ initialRetryTime: 1, maxRetryTime: 2, retries: 3, factor: 0, multiplier: 1 }),
  });
  return (value) => sendMessages({ acks: -1, topicMessages: [{ topic: 't', messages: [{ value }] }] });
}

describe("the client's idempotent producer", () => {
  it('loses a record when calls overlap and the answer of one is late, which is why ours is not idempotent', async () => {
    const broker = new SequencedPartition(1);
    const send = await idempotentProducer(broker);
    const answers = await Promise.all([send('first'), send('second')]);
    // Both are acknowledged. When this fails, idempotence can be had.
    expect(answers.flat().map(({ errorCode }) => errorCode)).toEqual([0, 0]);
    expect(broker.written).toEqual(['first', 'first']);
  });

  it('writes each record once as long as nothing goes wrong', async () => {
    const broker = new SequencedPartition(0);
    const send = await idempotentProducer(broker);
    await Promise.all([send('first'), send('second')]);
    expect(broker.written).toEqual(['first', 'second']);
  });
});
