import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodedRecord } from '@fleethook/messages';
import { fetchedMessage } from '../client/protocol/fetched-message.js';
import { whyTriedAgain } from '../client/kafka-error.js';
import { within } from '../client/within.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { recordOf } from '../reader-group/encoded-record.js';
import {
  ReaderGroup,
  type BatchEnd,
  type GroupBatch,
  type PartitionEnds,
  type ReaderGroupListener,
} from '../reader-group/reader-group.js';
import { CompactedPositions } from './compacted-position.js';

export interface CompactedTopicReaderOptions {
  readonly connection: KafkaConnection;
  /** Without the prefix. */
  readonly topic: string;
  /** Part of the group's name. */
  readonly app: string;
  /** A record, once and in order per partition; a tombstone has no value. Must not throw. */
  readonly onRecord: (record: EncodedRecord) => void;
  /** The topic was made anew: forget everything. What it holds now follows at once, in the same turn of the event loop. */
  readonly onReset: () => void;
  /** How often ends are compared with positions. Default 30 s. */
  readonly checkIntervalMs?: number;
}

const FETCH_BYTES = 64 * 1_024;
const START_RETRY_MS = 2_000;
/** For leaving the group and deleting it: with Kafka away it would be tried for minutes. */
const CLOSE_TIMEOUT_MS = 1_000;
/** A tombstone stays for `delete.retention.ms`, a day: who heard nothing for longer may have missed one. */
const MAX_SILENCE_MS = 20 * 3_600_000;

/** Reads a compacted topic to its end and then follows it. */
export class CompactedTopicReader implements ReaderGroupListener {
  readonly #options: CompactedTopicReaderOptions;
  readonly #context: KafkaContext;
  readonly #group: ReaderGroup;
  readonly #positions = new CompactedPositions();
  /** While the topic is read anew: the latest record of each key, to be handed over at once in the end. */
  #rebuilt: Map<string, EncodedRecord> | undefined;
  #complete: (() => void) | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;
  #heardAtMs = Date.now();
  #answeredAtMs = performance.now();
  #missedTombstones = false;
  #closed = false;

  constructor(options: CompactedTopicReaderOptions, context: KafkaContext) {
    const { connection, topic, app } = options;
    this.#options = options;
    this.#context = context;
    const group = { connection, topic, reader: app, purpose: topic, logged: 'config' };
    this.#group = new ReaderGroup({ ...group, maxBytesPerPartition: FETCH_BYTES }, context, this);
  }

  /** Offsets that were there at start and are not applied yet. */
  get remaining(): number {
    return this.#positions.remaining;
  }

  /** For so long no broker has answered a fetch; one is answered after 250 ms when there is nothing new. */
  get silentMs(): number {
    return performance.now() - this.#answeredAtMs;
  }

  /** Resolves once everything that was there at start has been applied; tries for ever. */
  async start(): Promise<void> {
    const complete = new Promise<void>((resolve) => (this.#complete = resolve));
    await this.#untilDone(async () => {
      await this.#group.connect();
      // Ends first: what is written from now on may be applied, but need not be waited for.
      this.#positions.begin(await this.#group.ends());
      await this.#group.run();
    });
    if (this.#closed) return;
    this.#checkCompleteness();
    const { checkIntervalMs = 30_000 } = this.#options;
    this.#checkTimer = setInterval(() => void this.#check(), checkIntervalMs);
    await complete;
  }

  onAssigned(partitions: readonly number[]): void {
    for (const partition of partitions) this.#seek(partition);
  }

  onBatch({ partition, fetchedOffset, highWatermark, messages, next, resolve }: GroupBatch): void {
    switch (this.#positions.judge(partition, fetchedOffset, highWatermark)) {
      case 'rewound':
        void this.#check();
        return;
      case 'ahead':
        this.#seek(partition);
        void this.#check();
        return;
      case 'take':
        break;
    }
    for (const message of messages) {
      const offset = Number(message.offset);
      if (this.#positions.isNew(partition, offset)) this.#apply(recordOf(fetchedMessage(message)));
    }
    this.#positions.advance(partition, next);
    resolve();
  }

  /** Not from records: the last one may be gone, and control records never arrive. */
  onBatchEnd({ partition, isEmpty, next, highWatermark }: BatchEnd): void {
    if (isEmpty) this.#positions.advance(partition, next);
    this.#hear();
    this.#checkCompleteness();
    this.#context.metrics.configLagRecords.set(Math.max(0, highWatermark - this.#positions.nextOf(partition)));
  }

  onFetchAnswered(): void {
    this.#answeredAtMs = performance.now();
  }

  onCrash(_error: Error, restarts: boolean): void {
    if (!restarts) void this.#runAgain();
  }

  /** In bounded time. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#checkTimer);
    this.#complete?.();
    await within(this.#leave(), CLOSE_TIMEOUT_MS);
  }

  async #leave(): Promise<void> {
    await this.#checking;
    await this.#group.close();
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        await work();
        return;
      } catch (error) {
        this.#context.log.warn(
          { event: 'config.reading_failed', topic: this.#group.topic, ...whyTriedAgain(error) },
          'will be tried again',
        );
        await sleep(START_RETRY_MS);
      }
    }
  }

  /** The client gives up on an error that it holds for final, such as a coordinator that is unknown for too long; we know nothing final. */
  async #runAgain(): Promise<void> {
    await sleep(START_RETRY_MS);
    await this.#untilDone(() => this.#group.run());
  }

  #apply(record: EncodedRecord): void {
    if (this.#rebuilt === undefined) {
      this.#options.onRecord(record);
      return;
    }
    this.#rebuilt.set(record.key ?? '', record);
  }

  #checkCompleteness(): void {
    if (this.#positions.remaining > 0) return;
    if (this.#rebuilt !== undefined) {
      const records = this.#rebuilt;
      this.#rebuilt = undefined;
      this.#options.onReset();
      for (const record of records.values()) if (record.value !== null) this.#options.onRecord(record);
      this.#context.log.info({ event: 'config.rebuilt', topic: this.#group.topic, records: records.size }, 'read anew');
    }
    this.#complete?.();
    this.#complete = undefined;
  }

  /** Compares positions with the ends, in case nothing arrives that would tell. */
  #check(): Promise<void> {
    this.#checking ??= this.#checkEnds()
      .catch((error: unknown) => {
        this.#context.log.warn(
          { event: 'config.check_failed', topic: this.#group.topic, ...whyTriedAgain(error) },
          'ends are unknown',
        );
      })
      .finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #checkEnds(): Promise<void> {
    const partitions = await this.#group.ends();
    if (this.#closed) return;
    const lag = this.#positions.lag(partitions);
    this.#context.metrics.configLagRecords.set(lag);
    if (lag === 0) this.#hear();
    const recreated = this.#positions.isRecreated(partitions) || this.#isTruncated(partitions);
    if (recreated || this.#missedTombstones) this.#rebuild(partitions);
  }

  #hear(): void {
    const nowMs = Date.now();
    if (nowMs - this.#heardAtMs > MAX_SILENCE_MS) {
      this.#missedTombstones = true;
      void this.#check();
    }
    this.#heardAtMs = nowMs;
    this.#context.metrics.configHeard.set(nowMs / 1_000);
  }

  /** Its beginning lies ahead of us: what was there before can no longer be known. */
  #isTruncated(partitions: readonly PartitionEnds[]): boolean {
    return partitions.some(({ partition, low }) => low > this.#positions.nextOf(partition));
  }

  #rebuild(ends: readonly PartitionEnds[]): void {
    this.#context.log.warn({ event: 'config.rebuilding', topic: this.#group.topic }, 'reading the topic anew');
    this.#rebuilt = new Map();
    this.#missedTombstones = false;
    this.#positions.begin(ends);
    for (const { partition } of ends) this.#seek(partition);
    this.#checkCompleteness();
  }

  #seek(partition: number): void {
    this.#group.seek(partition, this.#positions.nextOf(partition));
  }
}
