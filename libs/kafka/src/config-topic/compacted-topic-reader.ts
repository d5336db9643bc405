import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Batch, Consumer, EachBatchPayload } from 'kafkajs';
import type { EncodedRecord } from '@fleethook/messages';
import { CLIENT_RETRY, createKafka, METADATA_MAX_AGE_MS } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { fetchedMessage } from '../client/protocol/fetched-message.js';
import { errorTypeOf } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { CompactedPositions } from './compacted-position.js';
import { recordOf } from './encoded-record.js';

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

const MAX_WAIT_MS = 250;
/** Compressed; unpacked it can be thirty times as much, which the client holds on to until its next fetch. */
const FETCH_BYTES = 64 * 1_024;
const START_RETRY_MS = 2_000;
/** A tombstone stays for `delete.retention.ms`, a day: who heard nothing for longer may have missed one. */
const MAX_SILENCE_MS = 20 * 3_600_000;

/**
 * Reads a compacted topic to its end and then follows it. kafkajs cannot read without a group, so each reader is a group of its own, which
 * commits nothing and is deleted in the end.
 */
export class CompactedTopicReader {
  readonly #options: CompactedTopicReaderOptions;
  readonly #context: KafkaContext;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #positions = new CompactedPositions();
  /** While the topic is read anew: the latest record of each key, to be handed over at once in the end. */
  #rebuilt: Map<string, EncodedRecord> | undefined;
  #complete: (() => void) | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;
  #heardAtMs = Date.now();
  #missedTombstones = false;
  #closed = false;

  constructor(options: CompactedTopicReaderOptions, context: KafkaContext) {
    const { connection, topic, app } = options;
    this.#options = options;
    this.#context = context;
    this.#topic = connection.prefix + topic;
    this.#groupId = `${connection.prefix}${app}.${topic}.${randomUUID()}`;
    const kafka = createKafka(connection, context, topic);
    this.#admin = kafka.admin({ retry: CLIENT_RETRY });
    this.#consumer = kafka.consumer({
      groupId: this.#groupId,
      sessionTimeout: connection.sessionTimeoutMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      retry: CLIENT_RETRY,
    });
    this.#observe();
  }

  /** Offsets that were there at start and are not applied yet. */
  get remaining(): number {
    return this.#positions.remaining;
  }

  /** Resolves once everything that was there at start has been applied; tries for ever. */
  async start(): Promise<void> {
    const complete = new Promise<void>((resolve) => (this.#complete = resolve));
    await this.#untilDone(async () => {
      await this.#admin.connect();
      // Ends first: what is written from now on may be applied, but need not be waited for.
      this.#positions.begin(await this.#fetchEnds());
      await this.#consume();
    });
    if (this.#closed) return;
    this.#checkCompleteness();
    const { checkIntervalMs = 30_000 } = this.#options;
    this.#checkTimer = setInterval(() => void this.#check(), checkIntervalMs);
    await complete;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#checkTimer);
    this.#complete?.();
    await this.#checking;
    await this.#consumer.disconnect();
    try {
      await this.#admin.deleteGroups([this.#groupId]);
    } catch (error) {
      // It has no offsets, so an empty group expires by itself.
      this.#context.log.debug(
        { event: 'config.group_left', group: this.#groupId, error },
        'could not delete the group',
      );
    }
    await this.#admin.disconnect();
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        await work();
        return;
      } catch (error) {
        this.#context.log.warn({ event: 'config.reading_failed', topic: this.#topic, error }, 'will be tried again');
        await sleep(START_RETRY_MS);
      }
    }
  }

  async #consume(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.#onBatch(payload),
    });
  }

  /** The client gives up on an error that it holds for final, such as a coordinator that is unknown for too long; we know nothing final. */
  async #consumeAgain(): Promise<void> {
    await sleep(START_RETRY_MS);
    await this.#untilDone(() => this.#consume());
  }

  #observe(): void {
    const { events } = this.#consumer;
    const { log, metrics } = this.#context;
    observeRequests(this.#consumer, metrics);
    // Each join starts over from the beginning; a seek made here, before the first fetch, keeps the place.
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      for (const partition of payload.memberAssignment[this.#topic] ?? []) this.#seek(partition);
    });
    // Not from records: the last one may be gone, and control records never arrive.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#positions.advance(payload.partition, Number(payload.lastOffset) + 1);
      this.#hear();
      this.#checkCompleteness();
      metrics.configLagRecords.set(
        Math.max(0, Number(payload.highWatermark) - this.#positions.nextOf(payload.partition)),
      );
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      log.error({ event: 'config.reader_crashed', restart: payload.restart, error: payload.error }, 'reader crashed');
      if (!payload.restart) void this.#consumeAgain();
    });
  }

  #onBatch(payload: EachBatchPayload): void {
    if (payload.isStale() || !payload.isRunning()) return;
    const { batch } = payload;
    const { partition } = batch;
    switch (this.#positions.judge(partition, fetchedOffsetOf(batch), Number(batch.highWatermark))) {
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
    for (const message of batch.messages) {
      const offset = Number(message.offset);
      if (this.#positions.isNew(partition, offset)) this.#apply(recordOf(fetchedMessage(message)));
    }
    this.#positions.advance(partition, Number(batch.lastOffset()) + 1);
    payload.resolveOffset(batch.lastOffset());
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
      this.#context.log.info({ event: 'config.rebuilt', topic: this.#topic, records: records.size }, 'read anew');
    }
    this.#complete?.();
    this.#complete = undefined;
  }

  /** Compares positions with the ends, in case nothing arrives that would tell. */
  #check(): Promise<void> {
    this.#checking ??= this.#checkEnds()
      .catch((error: unknown) => {
        const reason = errorTypeOf(error);
        this.#context.log.warn({ event: 'config.check_failed', topic: this.#topic, reason, error }, 'ends are unknown');
      })
      .finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #checkEnds(): Promise<void> {
    const partitions = await this.#fetchEnds();
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
  #isTruncated(partitions: readonly { readonly partition: number; readonly low: number }[]): boolean {
    return partitions.some(({ partition, low }) => low > this.#positions.nextOf(partition));
  }

  #rebuild(ends: Parameters<CompactedPositions['begin']>[0]): void {
    this.#context.log.warn({ event: 'config.rebuilding', topic: this.#topic }, 'reading the topic anew');
    this.#rebuilt = new Map();
    this.#missedTombstones = false;
    this.#positions.begin(ends);
    for (const { partition } of ends) this.#seek(partition);
    this.#checkCompleteness();
  }

  #seek(partition: number): void {
    try {
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(this.#positions.nextOf(partition)) });
    } catch (error) {
      // Between a crash and the restart there is no group; the next join seeks.
      this.#context.log.debug({ event: 'config.seek_failed', topic: this.#topic, partition, error }, 'could not seek');
    }
  }

  async #fetchEnds(): Promise<{ partition: number; low: number; high: number }[]> {
    const offsets = await this.#admin.fetchTopicOffsets(this.#topic);
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
  }
}

/** The offset that was asked for; there, though the types do not know it. */
function fetchedOffsetOf(batch: Batch): number {
  return Number((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}
