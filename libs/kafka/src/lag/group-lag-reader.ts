import type { Admin } from 'kafkajs';
import { createKafka } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { KafkaError } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';

/** A group and the topics that it reads, without the prefix. */
export interface GroupTopics {
  readonly group: string;
  readonly topics: readonly string[];
}

/** Where a group is in a partition. Names are as Kafka knows them, with the prefix. */
export interface GroupPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Undefined: nothing is committed, which is no lag. */
  readonly committed: number | undefined;
}

export interface TopicEnd {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next record. */
  readonly end: number;
}

export interface GroupLags {
  readonly positions: readonly GroupPosition[];
  readonly ends: readonly TopicEnd[];
}

// The next measurement comes soon: a broker that does not answer must not be asked for long.
const RETRY = { initialRetryTime: 200, maxRetryTime: 2_000, retries: 3, factor: 0.2, multiplier: 2 } as const;

/** Asks the brokers how far groups have come, whoever their members are and whether they have any. */
export class GroupLagReader {
  readonly #admin: Admin;
  readonly #prefix: string;
  #connected = false;

  constructor(connection: KafkaConnection, context: KafkaContext) {
    this.#prefix = connection.prefix;
    this.#admin = createKafka(connection, context, 'lag', { retry: RETRY }).admin({ retry: RETRY });
    observeRequests(this.#admin, context.metrics);
  }

  /** @param groupsOf given the topics that exist, the groups to ask about @throws KafkaError KAFKA_UNAVAILABLE */
  async read(groupsOf: (topics: readonly string[]) => readonly GroupTopics[]): Promise<GroupLags> {
    try {
      if (!this.#connected) await this.#admin.connect();
      this.#connected = true;
      return await this.#read(groupsOf);
    } catch (cause) {
      throw new KafkaError('KAFKA_UNAVAILABLE', 'the lag of the consumer groups', { cause });
    }
  }

  async close(): Promise<void> {
    this.#connected = false;
    await this.#admin.disconnect();
  }

  async #read(groupsOf: (topics: readonly string[]) => readonly GroupTopics[]): Promise<GroupLags> {
    // Asking for a topic that does not exist would fail the whole question.
    const names = (await this.#admin.listTopics()).filter((name) => name.startsWith(this.#prefix));
    const existing = new Set(names.map((name) => name.slice(this.#prefix.length)));
    const groups = groupsOf([...existing]).map(({ group, topics }) => ({
      group: this.#prefix + group,
      topics: topics.filter((topic) => existing.has(topic)).map((topic) => this.#prefix + topic),
    }));
    const positions: GroupPosition[] = [];
    // Committed offsets before ends: lag must not come out below zero.
    for (const { group, topics } of groups)
      if (topics.length > 0)
        for (const { topic, partitions } of await this.#admin.fetchOffsets({ groupId: group, topics }))
          for (const { partition, offset } of partitions)
            positions.push({ group, topic, partition, committed: Number(offset) < 0 ? undefined : Number(offset) });
    const ends: TopicEnd[] = [];
    for (const topic of new Set(groups.flatMap(({ topics }) => topics)))
      for (const { partition, high } of await this.#admin.fetchTopicOffsets(topic))
        ends.push({ topic, partition, end: Number(high) });
    return { positions, ends };
  }
}
