import type { Admin, Kafka, Producer } from 'kafkajs';
import { createKafka, METADATA_MAX_AGE_MS } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import type { PreparedMessage } from '../client/protocol/produce-protocol.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { callPartitioner } from './call-partitioner.js';

/** One encoded record batch and where it goes; at most one per partition in a call. */
export interface PreparedBatch {
  /** With its prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

export interface PartitionReply {
  readonly topicName: string;
  readonly partition: number;
  /** 0: written by all in-sync replicas. */
  readonly errorCode: number;
}

/** What the producers need of Kafka. */
export abstract class ProduceClient {
  abstract connect(): Promise<void>;
  /**
   * What the brokers said, partition by partition; may leave some out. Rejects when no broker answered in time.
   *
   * @param isAwaited whether somebody still waits for it: if not, it is not sent another time. Default: always
   */
  abstract produce(batches: readonly PreparedBatch[], isAwaited?: () => boolean): Promise<readonly PartitionReply[]>;
  /** Rejects when the topic is not there. */
  abstract partitionsOf(topic: string): Promise<number>;
  abstract close(): Promise<void>;
}

/** Of a call; in full, see `CLIENT_RETRY`. */
export const PRODUCE_RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 5_000,
  retries: 10,
  factor: 0.2,
  multiplier: 2,
} as const;
/** Within one of the tries above: connecting and reading metadata. */
const INNER_RETRY = { ...PRODUCE_RETRY, maxRetryTime: 1_000, retries: 2 } as const;

/** Below the request time-out, so that the broker gives up first and says so. */
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
const ALL_IN_SYNC_REPLICAS = -1;

export class KafkaProduceClient extends ProduceClient {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #context: KafkaContext;

  /** @param onPartitions told how many partitions a topic has, with each call */
  constructor(
    connection: KafkaConnection,
    context: KafkaContext,
    purpose: string,
    onPartitions: (topic: string, partitions: number) => void,
  ) {
    super();
    this.#context = context;
    this.#kafka = createKafka(connection, context, purpose, {
      retry: INNER_RETRY,
    });
    this.#producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      // It loses records when calls overlap.
      idempotent: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: PRODUCE_RETRY,
      createPartitioner: () => callPartitioner(onPartitions),
    });
    observeRequests(this.#producer, context.metrics);
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async produce(batches: readonly PreparedBatch[], isAwaited?: () => boolean): Promise<readonly PartitionReply[]> {
    const byTopic = new Map<string, PreparedMessage[]>();
    for (const { topic, partition, bytes } of batches) {
      const message: PreparedMessage = { partition, value: null, recordBatch: bytes, isAwaited };
      const messages = byTopic.get(topic);
      if (messages === undefined) byTopic.set(topic, [message]);
      else messages.push(message);
    }
    return this.#producer.sendBatch({
      acks: ALL_IN_SYNC_REPLICAS,
      timeout: ACKNOWLEDGE_TIMEOUT_MS,
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    });
  }

  async partitionsOf(topic: string): Promise<number> {
    const admin: Admin = this.#kafka.admin();
    observeRequests(admin, this.#context.metrics);
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    } finally {
      await admin.disconnect();
    }
  }

  close(): Promise<void> {
    return this.#producer.disconnect();
  }
}
