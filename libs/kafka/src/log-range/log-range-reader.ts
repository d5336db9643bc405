import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError, whyTriedAgain } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { ReaderGroup, type BatchEnd, type GroupBatch, type ReaderGroupListener } from '../reader-group/reader-group.js';
import { logRecordOf, type LogStretch } from './log-stretch.js';
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

const START_RETRY_MS = 2_000;
const DEFAULT_MAX_WAITING_BYTES = 2 * 1_024 * 1_024;
const FETCH_BYTES_PER_PARTITION = 64 * 1_024;
const FETCH_BYTES = 512 * 1_024;

/**
 * Reads given ranges of a topic's offsets, and ends. Nothing is committed: whoever wants to go on later keeps `next` of what was taken, and
 * makes another reader.
 *
 *     for await (const stretch of reader.read()) handle(stretch);      // whoever leaves the loop has closed the reader
 *
 * What is not taken waits, up to a bound; beyond it nothing is fetched. With Kafka away it waits for as long as it takes.
 */
export class LogRangeReader implements ReaderGroupListener {
  readonly #options: LogRangeReaderOptions;
  readonly #context: KafkaContext;
  readonly #group: ReaderGroup;
  readonly #positions: RangePositions;
  readonly #queue: StretchQueue;
  #assigned: readonly number[] = [];
  #isClosed = false;
  #checkTimer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: LogRangeReaderOptions, context: KafkaContext) {
    const { connection, topic, reader, ranges, maxWaitingBytes = DEFAULT_MAX_WAITING_BYTES } = options;
    this.#options = options;
    this.#context = context;
    this.#positions = new RangePositions(ranges);
    this.#queue = new StretchQueue(maxWaitingBytes);
    const group = { connection, topic, reader, purpose: `range.${topic}`, logged: 'range' };
    const bytes = { maxBytesPerPartition: FETCH_BYTES_PER_PARTITION, maxBytes: FETCH_BYTES };
    this.#group = new ReaderGroup({ ...group, ...bytes }, context, this);
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

  onAssigned(partitions: readonly number[]): void {
    this.#assigned = partitions;
    for (const partition of partitions) this.#place(partition);
  }

  onBatch({ partition, fetchedOffset, messages, next, resolve }: GroupBatch): void {
    if (this.#queue.isFull) return;
    switch (this.#positions.judge(partition, fetchedOffset)) {
      case 'done':
        this.#group.pause([partition]);
        return;
      case 'ahead':
        this.#place(partition);
        this.#check();
        return;
      case 'take':
        break;
    }
    const records = messages
      .filter((message) => this.#positions.isWithin(partition, Number(message.offset)))
      .map((message) => logRecordOf(this.#options.topic, partition, message));
    const reached = this.#positions.advance(partition, next);
    resolve();
    const isFull = this.#queue.put({ partition, records, next: reached, expired: 0 });
    if (this.#positions.nextOf(partition) === undefined) this.#group.pause([partition]);
    if (isFull) this.#group.pause(this.#assigned);
  }

  onBatchEnd({ partition, isEmpty, next }: BatchEnd): void {
    if (isEmpty) this.#passOver(partition, next);
  }

  onCrash(cause: Error, restarts: boolean): void {
    if (!restarts) this.#queue.fail(new KafkaError('CONSUMER_STOPPED', this.#group.id, { cause }));
  }

  get #isStopped(): boolean {
    return this.#isClosed || this.#options.signal?.aborted === true;
  }

  async #start(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#group.connect();
        await this.#fit();
        if (this.#positions.isDone) return;
        await this.#group.run();
        break;
      } catch (error) {
        this.#context.log.warn(
          { event: 'range.reading_failed', topic: this.#group.topic, ...whyTriedAgain(error) },
          'will be tried again',
        );
        await sleep(START_RETRY_MS, undefined, { signal: this.#options.signal }).catch(() => undefined);
      }
    }
    this.#checkTimer = setInterval(() => this.#check(), this.#options.checkIntervalMs ?? 10_000);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#checkTimer);
    await this.#checking;
    await this.#group.close();
  }

  /** There is no record up to `next`. */
  #passOver(partition: number, next: number): void {
    if (this.#positions.nextOf(partition) === undefined) return;
    const at = this.#positions.advance(partition, next);
    this.#queue.put({ partition, records: [], next: at, expired: 0 });
    if (this.#positions.nextOf(partition) === undefined) this.#group.pause([partition]);
  }

  /** Where to read, and whether to read at all. */
  #place(partition: number): void {
    const next = this.#positions.nextOf(partition);
    if (next === undefined) {
      this.#group.pause([partition]);
      return;
    }
    this.#group.seek(partition, next);
    if (this.#queue.isFull) this.#group.pause([partition]);
    else this.#group.resume([partition]);
  }

  #resume(): void {
    this.#group.resume(this.#assigned.filter((partition) => this.#positions.nextOf(partition) !== undefined));
  }

  /** In case nothing arrives that would tell: what retention took, or a topic that was made anew. */
  #check(): void {
    this.#checking ??= this.#fit()
      .catch((error: unknown) => {
        this.#context.log.warn(
          { event: 'range.check_failed', topic: this.#group.topic, ...whyTriedAgain(error) },
          'ends are unknown',
        );
      })
      .finally(() => (this.#checking = undefined));
  }

  async #fit(): Promise<void> {
    const ends = await this.#group.ends();
    for (const { partition, next, expired } of this.#positions.fit(ends)) {
      this.#context.log.warn({ event: 'range.expired', topic: this.#group.topic, partition, offsets: expired });
      this.#queue.put({ partition, records: [], next, expired });
      if (this.#assigned.includes(partition)) this.#place(partition);
    }
  }
}
