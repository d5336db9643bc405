import type { Admin } from 'kafkajs';
import { createKafka } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { KafkaError } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { progressOf, recordsToGo, type GroupProgress } from './group-progress.js';
import { oldestAge, type AgeRange } from './oldest-unread.js';

/** A group, and which of the topics that exist it reads. All names are without the prefix. */
export interface WatchedGroup {
  readonly group: string;
  readonly reads: (topic: string) => boolean;
}

/** New topics are rare: a schedule of retries that was changed. */
const TOPICS_FRESH_MS = 30_000;
/** Whoever asks does not wait for a client that tries for minutes. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2, factor: 0.2, multiplier: 2 } as const;

/**
 * How far groups have come, from outside: committed offsets and the ends of logs. It joins no group and reads no record, and how old
 * something is it learns from the index by time that the brokers keep. One reading at a time; whoever wants fewer readings keeps one.
 */
export class GroupProgressReader {
  readonly #admin: Admin;
  readonly #prefix: string;
  #connected = false;
  #topics: readonly string[] = [];
  #topicsAtMs = Number.NEGATIVE_INFINITY;
  /** By group and topic: how old the oldest was, for as long as nothing of it moves. */
  readonly #oldest = new Map<string, { readonly place: string; readonly appendedAtMs: number }>();

  constructor(
    connection: KafkaConnection,
    private readonly groups: readonly WatchedGroup[],
    context: KafkaContext,
  ) {
    this.#prefix = connection.prefix;
    this.#admin = createKafka(connection, context, 'progress', { retry: RETRY }).admin({ retry: RETRY });
    observeRequests(this.#admin, context.metrics);
  }

  /** Of every group in every topic that it reads. @throws KafkaError KAFKA_UNAVAILABLE */
  async read(): Promise<GroupProgress[]> {
    try {
      if (!this.#connected) await this.#admin.connect();
      this.#connected = true;
      await this.#findTopics();
      const wanted = this.groups.map(({ group, reads }) => ({ group, topics: this.#topics.filter(reads) }));
      const topics = [...new Set(wanted.flatMap(({ topics: read }) => read))];
      const ends = new Map(
        await Promise.all(
          topics.map(async (topic) => [topic, await this.#admin.fetchTopicOffsets(this.#prefix + topic)] as const),
        ),
      );
      const found = await Promise.all(wanted.map(({ group, topics: read }) => this.#committed(group, read)));
      return wanted.flatMap(({ group, topics: read }, index) =>
        read.map((topic) => ({
          group,
          topic,
          partitions: progressOf(ends.get(topic) ?? [], found[index]?.get(this.#prefix + topic) ?? []),
        })),
      );
    } catch (cause) {
      throw this.#failed(cause, 'how far groups have come');
    }
  }

  /**
   * How old the oldest record is that a group is not done with, milliseconds since it was appended; see `oldestAge`. While nothing of it
   * moves, it is asked once.
   *
   * @throws KafkaError KAFKA_UNAVAILABLE
   */
  async oldestAge(progress: GroupProgress, range: AgeRange, nowMs: number): Promise<number> {
    if (recordsToGo(progress) === 0) return 0;
    const key = `${progress.group}/${progress.topic}`;
    const behind = progress.partitions.filter(({ committed, end }) => committed < end);
    const place = behind.map(({ partition, committed }) => `${partition}:${committed}`).join();
    const known = this.#oldest.get(key);
    if (known?.place === place) return Math.max(0, nowMs - known.appendedAtMs);
    const committedOf = new Map(behind.map(({ partition, committed }) => [partition, committed]));
    const isAnyOlder = async (ageMs: number): Promise<boolean> => {
      const begins = await this.#admin.fetchTopicOffsetsByTimestamp(
        this.#prefix + progress.topic,
        Math.floor(nowMs - ageMs),
      );
      // The first record of that time or later lies behind the one that the group has come to.
      return begins.some(({ partition, offset }) => Number(offset) > (committedOf.get(partition) ?? Infinity));
    };
    try {
      const ageMs = await oldestAge(isAnyOlder, range);
      // What is too young to be told apart grows older where it is.
      if (ageMs > 0) this.#oldest.set(key, { place, appendedAtMs: nowMs - ageMs });
      else this.#oldest.delete(key);
      return ageMs;
    } catch (cause) {
      throw this.#failed(cause, `the age of what waits in ${progress.topic}`);
    }
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }

  async #findTopics(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#topicsAtMs < TOPICS_FRESH_MS) return;
    const names = await this.#admin.listTopics();
    this.#topics = names
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => name.slice(this.#prefix.length))
      .toSorted();
    this.#topicsAtMs = nowMs;
  }

  async #committed(group: string, topics: readonly string[]) {
    if (topics.length === 0) return new Map<string, { partition: number; offset: string }[]>();
    const found = await this.#admin.fetchOffsets({
      groupId: this.#prefix + group,
      topics: topics.map((topic) => this.#prefix + topic),
    });
    return new Map(found.map(({ topic, partitions }) => [topic, partitions]));
  }

  /** The next reading begins anew: a topic may have gone, a broker come back elsewhere. */
  #failed(cause: unknown, what: string): KafkaError {
    this.#connected = false;
    this.#topicsAtMs = Number.NEGATIVE_INFINITY;
    return new KafkaError('KAFKA_UNAVAILABLE', what, { cause });
  }
}
