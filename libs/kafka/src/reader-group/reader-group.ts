import { randomUUID } from 'node:crypto';
import type { Admin, Batch, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { CLIENT_RETRY, createKafka, METADATA_MAX_AGE_MS } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { ClosingConsumer } from '../client/closing-consumer.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';

export interface ReaderGroupOptions {
  readonly connection: KafkaConnection;
  /** Without the prefix. */
  readonly topic: string;
  /** Part of the group's name: who reads. */
  readonly reader: string;
  /** A short noun for the log and the brokers. */
  readonly purpose: string;
  /** What the lines that it logs begin with: `config`, `range`. */
  readonly logged: string;
  /** Of a fetch, compressed: unpacked it can be thirty times as much, which the client holds on to until its next fetch. */
  readonly maxBytesPerPartition: number;
  readonly maxBytes?: number;
}

/** What happens to the group. None may throw. */
export interface ReaderGroupListener {
  /** Each join starts over from the beginning, and pauses survive it: what is sought here, the first fetch asks for. */
  onAssigned(partitions: readonly number[]): void;
  onBatch(batch: GroupBatch): void;
  /** After `onBatch`, and for batches of nothing but control records without it. */
  onBatchEnd(end: BatchEnd): void;
  /** A broker has answered a fetch, mostly with nothing new: of that the client says no more. */
  onFetchAnswered?(): void;
  /** @param restarts false: the client has given up for good */
  onCrash(error: Error, restarts: boolean): void;
}

export interface GroupBatch {
  readonly partition: number;
  /** The offset that was asked for. */
  readonly fetchedOffset: number;
  readonly highWatermark: number;
  readonly messages: readonly KafkaMessage[];
  /** Beyond its last record. */
  readonly next: number;
  /** The next fetch goes on behind it; else it is fetched again. */
  readonly resolve: () => void;
}

export interface BatchEnd {
  readonly partition: number;
  readonly isEmpty: boolean;
  readonly next: number;
  readonly highWatermark: number;
}

/** Where a partition begins and ends now. */
export interface PartitionEnds {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

const MAX_WAIT_MS = 250;
/** The protocol's name of it. */
const FETCH = 'Fetch';

/**
 * A group of one reader's own, since kafkajs cannot read without a group: it reads all of one topic, commits nothing, and is deleted in the
 * end.
 */
export class ReaderGroup {
  readonly id: string;
  /** With the prefix. */
  readonly topic: string;
  readonly #admin: Admin;
  readonly #closing: ClosingConsumer;
  readonly #consumer: Consumer;
  #hasRun = false;

  constructor(
    private readonly options: ReaderGroupOptions,
    private readonly context: KafkaContext,
    private readonly listener: ReaderGroupListener,
  ) {
    const { connection, topic, reader, purpose, maxBytesPerPartition, maxBytes } = options;
    this.topic = connection.prefix + topic;
    this.id = `${connection.prefix}${reader}.${topic}.${randomUUID()}`;
    const kafka = createKafka(connection, context, purpose);
    this.#admin = kafka.admin({ retry: CLIENT_RETRY });
    this.#closing = new ClosingConsumer(kafka, {
      groupId: this.id,
      sessionTimeout: connection.sessionTimeoutMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition,
      ...(maxBytes === undefined ? {} : { maxBytes }),
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
    });
    this.#consumer = this.#closing.consumer;
    observeRequests(this.#consumer, context.metrics);
    this.#listen();
  }

  /** May be called again. @throws when Kafka does not answer */
  async connect(): Promise<void> {
    await this.#admin.connect();
  }

  /** @throws when Kafka does not answer */
  async ends(): Promise<PartitionEnds[]> {
    const offsets = await this.#admin.fetchTopicOffsets(this.topic);
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
  }

  /** Also again, after a crash without a restart. @throws when Kafka cannot be reached or the topic is missing */
  async run(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.#onBatch(payload),
    });
    this.#hasRun = true;
  }

  seek(partition: number, next: number): void {
    this.#whileJoined(() => this.#consumer.seek({ topic: this.topic, partition, offset: String(next) }));
  }

  pause(partitions: readonly number[]): void {
    // Without partitions the client would take it for the whole topic.
    if (partitions.length === 0) return;
    this.#whileJoined(() => this.#consumer.pause([{ topic: this.topic, partitions: [...partitions] }]));
  }

  resume(partitions: readonly number[]): void {
    if (partitions.length === 0) return;
    this.#whileJoined(() => this.#consumer.resume([{ topic: this.topic, partitions: [...partitions] }]));
  }

  async close(): Promise<void> {
    await this.#closing.close();
    if (this.#hasRun) await this.#delete();
    await this.#admin.disconnect();
  }

  #listen(): void {
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) =>
      this.listener.onAssigned(payload.memberAssignment[this.topic] ?? []),
    );
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) =>
      this.listener.onBatchEnd({
        partition: payload.partition,
        isEmpty: payload.batchSize === 0,
        next: Number(payload.lastOffset) + 1,
        highWatermark: Number(payload.highWatermark),
      }),
    );
    this.#consumer.on(events.REQUEST, ({ payload }) => {
      if (payload.apiName === FETCH) this.listener.onFetchAnswered?.();
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      const { restart, error } = payload;
      const event = `${this.options.logged}.reader_crashed`;
      this.context.log[restart ? 'warn' : 'error']({ event, topic: this.topic, restart, error }, 'reader crashed');
      this.listener.onCrash(error, restart);
    });
  }

  #onBatch(payload: EachBatchPayload): void {
    if (payload.isStale() || !payload.isRunning()) return;
    const { batch } = payload;
    this.listener.onBatch({
      partition: batch.partition,
      fetchedOffset: fetchedOffsetOf(batch),
      highWatermark: Number(batch.highWatermark),
      messages: batch.messages,
      next: Number(batch.lastOffset()) + 1,
      resolve: () => payload.resolveOffset(batch.lastOffset()),
    });
  }

  /** Between a crash and the restart there is no group; the next join puts everything in its place. */
  #whileJoined(call: () => void): void {
    try {
      call();
    } catch (error) {
      const event = `${this.options.logged}.not_joined`;
      this.context.log.debug({ event, topic: this.topic, error }, 'the reader is between groups');
    }
  }

  async #delete(): Promise<void> {
    try {
      await this.#admin.deleteGroups([this.id]);
    } catch (error) {
      // It has no offsets, so an empty group expires by itself.
      const event = `${this.options.logged}.group_left`;
      this.context.log.debug({ event, group: this.id, error }, 'could not delete the group');
    }
  }
}

/** There, though the types do not know it. */
function fetchedOffsetOf(batch: Batch): number {
  return Number((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}
