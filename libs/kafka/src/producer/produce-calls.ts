import { errorTypeOf, KafkaError } from '../client/kafka-error.js';
import type { KafkaContext } from '../kafka-context.js';
import { startProducerMetrics } from './producer-metrics.js';
import type { PreparedBatch, ProduceClient } from './produce-client.js';
import { fatesOf, type Fate } from './produce-check.js';
import { encodeBatch } from './record-batch-encoder.js';
import { framedBytes } from './record-size.js';
import {
  halve,
  isWithdrawn,
  SendWindow,
  takeWithdrawn,
  type PartitionBatch,
  type QueuedRecord,
} from './send-window.js';

const KIB = 1_024;
const LIMITS = { maxBatchBytes: 256 * KIB, maxBatchRecords: 500, maxCallBytes: 2_048 * KIB } as const;
const MAX_CALLS = 4;

/** The client retries within a call; a batch that even so is not written after so many calls is given back. */
const MAX_SENDS = 5;
const OVERDUE_CHECK_MS = 1_000;

export interface ProduceCallsOptions {
  readonly lingerMs: number;
  readonly lingerWhenIdle: boolean;
  readonly deliveryTimeoutMs: number;
  readonly prefix: string;
  readonly topics: readonly string[];
}

/** When to send what waits, and what to do with the answer: every record taken in is done exactly once. */
export class ProduceCalls {
  readonly #options: ProduceCallsOptions;
  readonly #client: Pick<ProduceClient, 'produce'>;
  readonly #context: KafkaContext;
  readonly #window = new SendWindow(LIMITS);
  /** The batches of each call. */
  readonly #underWay: (readonly PartitionBatch[])[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  #linger: NodeJS.Timeout | undefined;
  #overdueCheck: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(options: ProduceCallsOptions, client: Pick<ProduceClient, 'produce'>, context: KafkaContext) {
    this.#options = options;
    this.#client = client;
    this.#context = context;
    startProducerMetrics(context.metrics, options.topics);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** From here the record counts; `add` or `refuse` must follow. */
  admit(record: QueuedRecord): void {
    this.#queuedBytes += framedBytes(record.size);
  }

  add(topic: string, partition: number, record: QueuedRecord): void {
    // How long it waits is measured on a clock that nobody sets.
    this.#window.add(topic, partition, record, performance.now());
    this.#schedule();
  }

  refuse(record: QueuedRecord, error: KafkaError): void {
    this.#queuedBytes -= framedBytes(record.size);
    this.#tell(record, error);
    this.#checkDrained();
  }

  drained(): Promise<void> {
    if (this.#queuedBytes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** An idle producer sends with the next turn of the event loop; a busy one when a batch is full or the linger is over. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay.length >= MAX_CALLS || this.#window.isEmpty) return;
    const idle = this.#underWay.length === 0 && !this.#options.lingerWhenIdle;
    if (idle || this.#window.hasSealed) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#start();
      });
      return;
    }
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      this.#start();
    }, this.#options.lingerMs);
  }

  #start(): void {
    if (this.#underWay.length >= MAX_CALLS || this.#window.isEmpty) return;
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const batches = this.#window.take().filter((batch) => this.#withdraw(batch));
    if (batches.length === 0) {
      this.#schedule();
      this.#checkDrained();
      return;
    }
    this.#underWay.push(batches);
    this.#overdueCheck ??= setInterval(() => this.#giveBackOverdue(), OVERDUE_CHECK_MS);
    this.#context.metrics.producerQueuedBytes.set(this.#queuedBytes);
    this.#call(batches)
      .catch((error: unknown) => this.#failed(batches, error))
      .finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(batches), 1);
        this.#context.metrics.producerQueuedBytes.set(this.#queuedBytes);
        this.#schedule();
        this.#checkDrained();
      });
    this.#schedule();
  }

  async #call(batches: readonly PartitionBatch[]): Promise<void> {
    const nowMs = Date.now();
    const prepared: PreparedBatch[] = [];
    for (const batch of batches) {
      batch.sends += 1;
      const bytes = encodeBatch(batch.records, nowMs);
      // Only what another thread compresses is waited for.
      prepared.push({
        topic: batch.topic,
        partition: batch.partition,
        bytes: Buffer.isBuffer(bytes) ? bytes : await bytes,
      });
    }
    const isAwaited = (): boolean => {
      const waiting = batches.filter(({ settled }) => !settled);
      return waiting.length > 0 && !waiting.some(({ records }) => records.some(isWithdrawn));
    };
    const fates = fatesOf(prepared, await this.#client.produce(prepared, isAwaited));
    for (let i = 0; i < batches.length; i += 1) {
      const batch = batches[i];
      const fate = fates[i];
      if (batch !== undefined && fate !== undefined && !batch.settled) this.#apply(batch, fate);
    }
  }

  #apply(batch: PartitionBatch, fate: Fate): void {
    const { metrics } = this.#context;
    switch (fate.kind) {
      case 'written':
        metrics.producerRecords.inc({ topic: this.#nameOf(batch) }, batch.records.length);
        this.#settle(batch, undefined);
        return;
      case 'missing':
        metrics.producerMissing.inc();
        this.#again(batch, undefined);
        return;
      case 'again':
        this.#again(batch, fate.cause);
        return;
      case 'too_large':
        this.#split(batch, fate.cause);
        return;
      case 'refused':
        this.#settle(batch, this.#unavailable(batch, fate.cause));
    }
  }

  #again(batch: PartitionBatch, cause: Error | undefined): void {
    if (batch.sends >= MAX_SENDS) this.#settle(batch, this.#unavailable(batch, cause));
    else this.#window.putBack([batch]);
  }

  #split(batch: PartitionBatch, cause: Error): void {
    if (batch.records.length === 1) {
      const detail = `${this.#nameOf(batch)}: ${batch.bytes} bytes`;
      this.#settle(batch, new KafkaError('RECORD_TOO_LARGE', detail, { cause }));
      return;
    }
    this.#context.metrics.producerSplits.inc();
    this.#window.putBack(halve(batch));
  }

  /** The client gave up, or the call broke: nobody knows what was written. */
  #failed(batches: readonly PartitionBatch[], error: unknown): void {
    const unsettled = batches.filter(({ settled }) => !settled);
    // It was not sent another time for the sake of some: the others are, without them.
    const isCutShort = unsettled.some(({ records }) => records.some(isWithdrawn));
    for (const batch of unsettled) {
      if (!isCutShort) this.#settle(batch, this.#unavailable(batch, error));
      else if (this.#withdraw(batch)) this.#again(batch, undefined);
    }
  }

  /** @returns whether anything is left of it */
  #withdraw(batch: PartitionBatch): boolean {
    for (const record of takeWithdrawn(batch)) {
      this.#queuedBytes -= framedBytes(record.size);
      this.#tell(record, new KafkaError('RECORD_WITHDRAWN', this.#nameOf(batch)));
    }
    batch.settled = batch.records.length === 0;
    return !batch.settled;
  }

  #giveBackOverdue(): void {
    const sinceMs = performance.now() - this.#options.deliveryTimeoutMs;
    const overdue = this.#window.takeOlderThan(sinceMs);
    overdue.push(...this.#underWay.flat().filter((batch) => batch.sinceMs < sinceMs && !batch.settled));
    for (const batch of overdue) {
      const cause = new Error(`not acknowledged within ${this.#options.deliveryTimeoutMs} ms`);
      this.#settle(batch, this.#unavailable(batch, cause));
    }
    this.#checkDrained();
  }

  #unavailable(batch: PartitionBatch, cause: unknown): KafkaError {
    const topic = this.#nameOf(batch);
    this.#context.metrics.producerFailures.inc({ topic });
    this.#context.log.warn(
      {
        event: 'kafka.produce_failed',
        topic,
        partition: batch.partition,
        records: batch.records.length,
        sends: batch.sends,
        waited_ms: Math.round(performance.now() - batch.sinceMs),
        reason: errorTypeOf(cause) ?? (cause instanceof Error ? cause.message : undefined),
      },
      `Kafka did not take ${batch.records.length} records for ${topic}`,
    );
    return new KafkaError('KAFKA_UNAVAILABLE', topic, { cause });
  }

  #settle(batch: PartitionBatch, error: KafkaError | undefined): void {
    batch.settled = true;
    this.#queuedBytes -= batch.bytes;
    for (const record of batch.records) this.#tell(record, error);
  }

  #tell(record: QueuedRecord, error: KafkaError | undefined): void {
    try {
      record.onDone(error);
    } catch (thrown) {
      // A caller's fault must not keep the others from being told.
      this.#context.log.error({ event: 'kafka.produce_callback_failed', error: thrown }, 'a callback threw');
    }
  }

  #checkDrained(): void {
    if (this.#queuedBytes > 0 || this.#underWay.length > 0) return;
    clearInterval(this.#overdueCheck);
    this.#overdueCheck = undefined;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #nameOf(batch: PartitionBatch): string {
    return batch.topic.slice(this.#options.prefix.length);
  }
}
