import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import { CLIENT_RETRY, createKafka, METADATA_MAX_AGE_MS } from '../../client/client-factory.js';
import { observeRequests } from '../../client/client-metrics.js';
import { ClosingConsumer } from '../../client/closing-consumer.js';
import { fetchedMessages } from '../../client/protocol/fetched-message.js';
import { errorTypeOf } from '../../client/kafka-error.js';
import { PartitionAssigners } from '../../client/kafkajs.js';
import type { KafkaConnection } from '../../connection.js';
import type { KafkaContext } from '../../kafka-context.js';
import type { CommitResult, OffsetToCommit } from '../../window/commit-loop.js';
import type { CommittedOffset, LogRange, TopicPartition } from '../../window/handover.js';
import { systemScheduler } from '../../window/scheduler.js';
import type { Assignment, GroupPort } from '../partitions/assigned-partitions.js';
import { FetchPace } from '../partitions/fetch-pace.js';
import type { FetchedBatch } from '../partitions/partition-context.js';
import { stickyAssigner } from './sticky-assigner.js';

export interface GroupMemberOptions {
  readonly connection: KafkaConnection;
  /** With the prefix, like all names here. */
  readonly groupId: string;
  readonly purpose: string;
  readonly maxBytesPerPartition: number;
  /** Between the starts of two fetches, while there is more to fetch. */
  readonly fetchIntervalMs: number;
}

/** What happens to the member. None may throw: a throw would fail the client's join or stop its fetching for good. */
export interface GroupListener {
  /** @param ageMs how long ago the brokers were asked for it; the same below */
  onJoined(memberId: string, assignment: Assignment, ageMs: number): void;
  onRebalancing(): void;
  onHeartbeat(ageMs: number): void;
  /** @param restarts false: the client has given up for good */
  onCrashed(error: Error, restarts: boolean): void;
  onBatch(batch: FetchedBatch): void;
  onPassedOver(partition: TopicPartition, firstOffset: number | null, lastOffset: number): void;
  onListenerFailure(error: unknown): void;
}

/** A resumed partition waits so long at most; it also bounds the gaps between heartbeats. */
const MAX_WAIT_MS = 250;
const MAX_BYTES = 4 * 1_048_576;
const MAX_HEARTBEAT_INTERVAL_MS = 3_000;
export const REBALANCE_TIMEOUT_MS = 60_000;
/** Workers that hand batches on: enough for all partitions of a fetch at once, since each then waits for the time of the next one. */
const CONCURRENCY = 64;

/** What a broker answers only to who is a member of the group. */
const MEMBERS_REQUESTS: ReadonlySet<string> = new Set(['SyncGroup', 'Heartbeat']);

const REJOIN_ERRORS: ReadonlySet<string | undefined> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
]);

/** kafkajs as fetcher, group member and committer, and as nothing else. */
export class GroupMember implements GroupPort {
  readonly #closing: ClosingConsumer;
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #groupId: string;
  readonly #pace: FetchPace;
  #acknowledgedCommits = 0;
  #assignment: Assignment = {};
  /** When the last answer was asked for that says we are a member, on a clock that nobody sets. */
  #askedAtMs = -Infinity;
  readonly #questions = new Set<Promise<unknown>>();

  constructor(options: GroupMemberOptions, context: KafkaContext) {
    const { connection, groupId } = options;
    const kafka = createKafka(connection, context, options.purpose);
    this.#groupId = groupId;
    this.#pace = new FetchPace(options.fetchIntervalMs, systemScheduler);
    this.#admin = kafka.admin({ retry: { ...CLIENT_RETRY } });
    this.#closing = new ClosingConsumer(kafka, {
      groupId,
      // The second is there so that a release without the first could share a group with this one.
      partitionAssigners: [stickyAssigner(() => this.#assignment), PartitionAssigners.roundRobin],
      sessionTimeout: connection.sessionTimeoutMs,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: Math.min(MAX_HEARTBEAT_INTERVAL_MS, Math.floor(connection.sessionTimeoutMs / 3)),
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: Math.max(MAX_BYTES, options.maxBytesPerPartition),
      maxBytesPerPartition: options.maxBytesPerPartition,
    });
    this.#consumer = this.#closing.consumer;
    observeRequests(this.#consumer, context.metrics);
  }

  /** Joins the group; `onJoined` tells when. @throws when Kafka cannot be reached or a topic is missing */
  async run(topics: readonly string[], listener: GroupListener): Promise<void> {
    this.#listen(listener);
    await Promise.all([this.#consumer.connect(), this.#admin.connect()]);
    // Else a new partition, or expired offsets, would start at the end.
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
    // Stopped while it started: a consumer that runs now would never be stopped.
    if (this.#closing.isClosed) return this.disconnect();
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENCY,
      // What is thrown here would end the client's consuming.
      eachBatch: async (payload) => {
        guarded(listener, () => listener.onBatch(batchOf(payload)));
        await this.#pace.next();
      },
    });
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.#closing.close(), this.#disconnectAdmin()]);
  }

  /** A question that is under way would connect a closed client anew to be asked again, and nobody would close that connection. */
  async #disconnectAdmin(): Promise<void> {
    await Promise.allSettled(this.#questions);
    await this.#admin.disconnect();
  }

  get #answerAgeMs(): number {
    return performance.now() - this.#askedAtMs;
  }

  #ask<T>(question: Promise<T>): Promise<T> {
    this.#questions.add(question);
    const forget = (): void => void this.#questions.delete(question);
    question.then(forget, forget);
    return question;
  }

  /** The broker's word for what the group does (`Stable`, `PreparingRebalance`, ...). @throws when Kafka does not answer */
  async groupState(): Promise<string> {
    const { groups } = await this.#ask(this.#admin.describeGroups([this.#groupId]));
    return groups[0]?.state ?? 'Dead';
  }

  async commit(offsets: readonly OffsetToCommit[]): Promise<CommitResult> {
    const before = this.#acknowledgedCommits;
    try {
      await this.#consumer.commitOffsets(offsets.map((offset) => ({ ...offset, offset: String(offset.offset) })));
      // Once it stops, the client resolves without having committed.
      return this.#acknowledgedCommits > before ? 'committed' : 'failed';
    } catch (error) {
      const type = errorTypeOf(error);
      if (type === 'OFFSET_METADATA_TOO_LARGE') return 'metadata_too_large';
      return REJOIN_ERRORS.has(type) ? 'rejoin' : 'failed';
    }
  }

  async readCommitted(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    // A closed admin client would connect anew, and nobody would close it again.
    if (this.#closing.isClosed) return [];
    const topics = await this.#ask(this.#admin.fetchOffsets({ groupId: this.#groupId, topics: topicsOf(partitions) }));
    return topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, metadata }) => ({ topic, partition, offset: Number(offset), metadata })),
    );
  }

  async readLogRanges(partitions: readonly TopicPartition[]): Promise<readonly LogRange[]> {
    if (this.#closing.isClosed) return [];
    const ranges = await Promise.all(
      topicsOf(partitions).map(async (topic) =>
        (await this.#ask(this.#admin.fetchTopicOffsets(topic))).map(({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        })),
      ),
    );
    return ranges.flat();
  }

  // While a crashed consumer waits to start again these three throw, and the next join makes them good.
  // Only ever with partitions: the form without would un-pause others later.
  pause({ topic, partition }: TopicPartition): void {
    unlessCrashed(() => this.#consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    unlessCrashed(() => this.#consumer.resume([{ topic, partitions: [partition] }]));
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    unlessCrashed(() => this.#consumer.seek({ topic, partition, offset: String(offset) }));
  }

  #listen(listener: GroupListener): void {
    const consumer = this.#consumer;
    const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH, COMMIT_OFFSETS, END_BATCH_PROCESS, FETCH_START, REQUEST } =
      consumer.events;
    consumer.on(REQUEST, ({ payload }) => {
      if (MEMBERS_REQUESTS.has(payload.apiName)) this.#askedAtMs = performance.now() - payload.duration;
    });
    consumer.on(FETCH_START, () => this.#pace.noteFetch());
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#assignment = payload.memberAssignment;
      guarded(listener, () => listener.onJoined(payload.memberId, payload.memberAssignment, this.#answerAgeMs));
    });
    consumer.on(REBALANCING, () => guarded(listener, () => listener.onRebalancing()));
    consumer.on(HEARTBEAT, () => guarded(listener, () => listener.onHeartbeat(this.#answerAgeMs)));
    consumer.on(CRASH, ({ payload }) => {
      this.#assignment = {};
      guarded(listener, () => listener.onCrashed(payload.error, payload.restart));
    });
    consumer.on(COMMIT_OFFSETS, () => {
      this.#acknowledgedCommits++;
    });
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      // The types say string, but it is null when everything lay below what was asked for.
      const firstOffset = payload.firstOffset as string | null;
      guarded(listener, () =>
        listener.onPassedOver(payload, firstOffset === null ? null : Number(firstOffset), Number(payload.lastOffset)),
      );
    });
  }
}

function batchOf(payload: EachBatchPayload): FetchedBatch {
  const { batch } = payload;
  return {
    topic: batch.topic,
    partition: batch.partition,
    // There, but missing from the types.
    fetchedOffset: Number((batch as unknown as { fetchedOffset: string }).fetchedOffset),
    highWatermark: Number(batch.highWatermark),
    lastOffset: Number(batch.lastOffset()),
    messages: fetchedMessages(batch.messages),
    isOutdated: payload.isStale() || !payload.isRunning(),
    resolveOffset: (offset) => payload.resolveOffset(String(offset)),
  };
}

function topicsOf(partitions: readonly TopicPartition[]): string[] {
  return [...new Set(partitions.map(({ topic }) => topic))];
}

function guarded(listener: GroupListener, run: () => void): void {
  try {
    run();
  } catch (error) {
    listener.onListenerFailure(error);
  }
}

function unlessCrashed(run: () => void): void {
  try {
    run();
  } catch {
    // See above.
  }
}
