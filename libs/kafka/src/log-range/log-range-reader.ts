import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Batch, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { CLIENT_RETRY, createKafka, METADATA_MAX_AGE_MS } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { fetchedMessage } from '../client/protocol/fetched-message.js';
import { KafkaError } from '../client/kafka-error.js';
import { recordOf } from '../config-topic/encoded-record.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import type { LogRecord, LogStretch } from './log-stretch.js';
import { RangePositions, type OffsetRange } from './range-positions.js';
import { StretchQueue } from './stretch-queue.js';

export interface LogRangeReaderOptions {
  readonly connection: KafkaConnection;
  /** Without the prefix. */
  readonly topic: string;
  /** Part of the group's name: who reads. */
  readonly reader: string;
  readonly ranges: readonly OffsetRange[];
  /** Records that may wait to be taken; when they are as much, their partitions are paused. Default 2 MiB. */
  readonly maxWaitingBytes?: number;
  /** How often the log's ends are compared with what is still to be read. Default 10 s. */
  readonly checkIntervalMs?: number;
  /** Ends the reading, wherever it is. */
  readonly signal?: AbortSignal;
}

const MAX_WAIT_MS = 250;
const START_RETRY_MS = 2_000;
const DEFAULT_MAX_WAITING_BYTES = 2 * 1_024 * 1_024;
// Of a fetch, compressed: unpacked it can be many times as much.
const FETCH_BYTES_PER_PARTITION = 64 * 1_024;
const FETCH_BYTES = 512 * 1_024;

/**
 * Reads given ranges of a topic's offsets, and ends. kafkajs cannot read without a group, so each reader is a group of its own, which
 * commits nothing and is deleted in the end: whoever wants to go on later keeps `next` of what was taken, and makes another reader.
 *
 *     for await (const stretch of reader.read()) handle(stretch);      // whoever leaves the loop has closed the reader
 *
 * What is not taken waits, up to a bound; beyond it nothing is fetched. With Kafka away it waits for as long as it takes.
 */
export class LogRangeReader {
  readonly #options: LogRangeReaderOptions;
  readonly #context: KafkaContext;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #positions: RangePositions;
  readonly #queue: StretchQueue;
  #assigned: readonly number[] = [];
  #isRunning = false;
  #isClosed = false;
  #checkTimer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: LogRangeReaderOptions, context: KafkaContext) {
    const { connection, topic, reader, ranges, maxWaitingBytes = DEFAULT_MAX_WAITING_BYTES } = options;
    this.#options = options;
    this.#context = context;
    this.#topic = connection.prefix + topic;
    this.#groupId = `${connection.prefix}${reader}.${topic}.${randomUUID()}`;
    this.#positions = new RangePositions(ranges);
    this.#queue = new StretchQueue(maxWaitingBytes);
    const kafka = createKafka(connection, context, `range.${topic}`);
    this.#admin = kafka.admin({ retry: CLIENT_RETRY });
    this.#consumer = kafka.consumer({
      groupId: this.#groupId,
      sessionTimeout: connection.sessionTimeoutMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      maxBytes: FETCH_BYTES,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      retry: CLIENT_RETRY,
    });
    this.#observe();
  }

  /** Offsets that were not fetched yet. */
  get remaining(): number {
    return this.#positions.remaining;
  }

  /** Once. Each partition in order, partitions as they come. @throws KafkaError CONSUMER_STOPPED: make another reader */
  async *read(): AsyncGenerator<LogStretch, void, undefined> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#queue.wake();
    signal?.addEventListener('abort', onAbort);
    try {
      await this.#start();
      while (!this.#isStopped) {
        const stretch = this.#queue.take();
        if (stretch !== undefined) {
          if (this.#queue.reopen()) this.#resume();
          yield stretch;
        } else if (this.#positions.isDone) return;
        else await this.#queue.arrival();
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await this.#close();
    }
  }

  get #isStopped(): boolean {
    return this.#isClosed || this.#options.signal?.aborted === true;
  }

  async #start(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#admin.connect();
        await this.#fit();
        if (this.#positions.isDone) return;
        await this.#consumer.connect();
        await this.#consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
        await this.#consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: async (payload) => this.#onBatch(payload),
        });
        this.#isRunning = true;
        break;
      } catch (error) {
        this.#context.log.warn({ event: 'range.reading_failed', topic: this.#topic, error }, 'will be tried again');
        await sleep(START_RETRY_MS, undefined, { signal: this.#options.signal }).catch(() => undefined);
      }
    }
    this.#checkTimer = setInterval(() => this.#check(), this.#options.checkIntervalMs ?? 10_000);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#checkTimer);
    await this.#checking;
    await this.#consumer.disconnect();
    if (this.#isRunning) await this.#deleteGroup();
    await this.#admin.disconnect();
  }

  async #deleteGroup(): Promise<void> {
    try {
      await this.#admin.deleteGroups([this.#groupId]);
    } catch (error) {
      // It has no offsets, so an empty group expires by itself.
      this.#context.log.debug({ event: 'range.group_left', group: this.#groupId, error }, 'could not delete the group');
    }
  }

  #observe(): void {
    const { events } = this.#consumer;
    observeRequests(this.#consumer, this.#context.metrics);
    // Each join starts over from the beginning, and pauses survive it; what is sought here, the first fetch asks for.
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#assigned = payload.memberAssignment[this.#topic] ?? [];
      for (const partition of this.#assigned) this.#place(partition);
    });
    // Batches of nothing but control records never reach the handler.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#passOver(payload.partition, Number(payload.lastOffset) + 1);
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      const { restart, error } = payload;
      this.#context.log.error({ event: 'range.reader_crashed', topic: this.#topic, restart, error }, 'reader crashed');
      if (!restart) this.#queue.fail(new KafkaError('CONSUMER_STOPPED', this.#groupId, { cause: error }));
    });
  }

  #onBatch(payload: EachBatchPayload): void {
    if (payload.isStale() || !payload.isRunning() || this.#queue.isFull) return;
    const { batch } = payload;
    const { partition } = batch;
    switch (this.#positions.judge(partition, fetchedOffsetOf(batch))) {
      case 'done':
        this.#pause(partition);
        return;
      case 'ahead':
        this.#place(partition);
        this.#check();
        return;
      case 'take':
        break;
    }
    const records = batch.messages
      .filter((message) => this.#positions.isWithin(partition, Number(message.offset)))
      .map((message) => logRecordOf(this.#options.topic, partition, message));
    const next = this.#positions.advance(partition, Number(batch.lastOffset()) + 1);
    payload.resolveOffset(batch.lastOffset());
    const isFull = this.#queue.put({ partition, records, next, expired: 0 });
    if (this.#positions.nextOf(partition) === undefined) this.#pause(partition);
    if (isFull) for (const paused of this.#assigned) this.#pause(paused);
  }

  /** There is no record up to `next`. */
  #passOver(partition: number, next: number): void {
    if (this.#positions.nextOf(partition) === undefined) return;
    const at = this.#positions.advance(partition, next);
    this.#queue.put({ partition, records: [], next: at, expired: 0 });
    if (this.#positions.nextOf(partition) === undefined) this.#pause(partition);
  }

  /** Where to read, and whether to read at all. */
  #place(partition: number): void {
    const next = this.#positions.nextOf(partition);
    if (next === undefined) {
      this.#pause(partition);
      return;
    }
    this.#guarded(() => {
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(next) });
      if (this.#queue.isFull) this.#consumer.pause([{ topic: this.#topic, partitions: [partition] }]);
      else this.#consumer.resume([{ topic: this.#topic, partitions: [partition] }]);
    });
  }

  #pause(partition: number): void {
    this.#guarded(() => this.#consumer.pause([{ topic: this.#topic, partitions: [partition] }]));
  }

  #resume(): void {
    const wanted = this.#assigned.filter((partition) => this.#positions.nextOf(partition) !== undefined);
    if (wanted.length > 0)
      this.#guarded(() => this.#consumer.resume([{ topic: this.#topic, partitions: [...wanted] }]));
  }

  /** Between a crash and the restart there is no group; the next join puts everything in its place. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#context.log.debug({ event: 'range.not_joined', topic: this.#topic, error }, 'the reader is between groups');
    }
  }

  /** In case nothing arrives that would tell: what retention took, or a topic that was made anew. */
  #check(): void {
    this.#checking ??= this.#fit()
      .catch((error: unknown) => {
        this.#context.log.warn({ event: 'range.check_failed', topic: this.#topic, error }, 'ends are unknown');
      })
      .finally(() => (this.#checking = undefined));
  }

  async #fit(): Promise<void> {
    const offsets = await this.#admin.fetchTopicOffsets(this.#topic);
    const ends = offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
    for (const { partition, next, expired } of this.#positions.fit(ends)) {
      this.#context.log.warn({ event: 'range.expired', topic: this.#topic, partition, offsets: expired });
      this.#queue.put({ partition, records: [], next, expired });
      if (this.#assigned.includes(partition)) this.#place(partition);
    }
  }
}

function logRecordOf(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    ...recordOf(fetchedMessage(message)),
  };
}

/** The offset that was asked for; there, though the types do not know it. */
function fetchedOffsetOf(batch: Batch): number {
  return Number((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}
