import type { RecordToSend } from '@fleethook/messages';
import { errorTypeOf, KafkaError } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { Partitioner } from './partitioner.js';
import { KafkaProduceClient, type ProduceClient } from './produce-client.js';
import { fatesOf } from './produce-check.js';
import { encodeBatch, type RecordToEncode } from './record-batch-encoder.js';
import { startProducerMetrics } from './producer-metrics.js';
import { measureRecord } from './record-size.js';

export interface OrderedProducerOptions {
  readonly connection: KafkaConnection;
  /** Without the prefix. */
  readonly topic: string;
}

/** A compacted batch is read one removed offset per fetch, so batches stay small. */
const MAX_BATCH_RECORDS = 50;
const MAX_SENDS = 5;

/** Writes one topic in order, one call at a time: what was published first is never behind what was published later. */
export class OrderedProducer {
  readonly #options: OrderedProducerOptions;
  readonly #topic: string;
  readonly #context: KafkaContext;
  readonly #client: ProduceClient;
  readonly #partitioner = new Partitioner();
  #connected = false;
  #partitions: number | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  /** @param client what speaks to Kafka, if not kafkajs */
  constructor(options: OrderedProducerOptions, context: KafkaContext, client?: ProduceClient) {
    this.#options = options;
    this.#topic = options.connection.prefix + options.topic;
    this.#context = context;
    startProducerMetrics(context.metrics, [options.topic]);
    this.#client = client ?? new KafkaProduceClient(options.connection, context, 'ordered-producer', () => {});
  }

  /**
   * Resolves once all in-sync replicas have all of them. After an error some may be written: publish all of them again.
   *
   * @throws KafkaError KAFKA_UNAVAILABLE, TOPIC_UNKNOWN, RECORD_TOO_LARGE, PRODUCER_CLOSED
   */
  publish(records: readonly RecordToSend[]): Promise<void> {
    if (this.#closed) return Promise.reject(new KafkaError('PRODUCER_CLOSED', this.#options.topic));
    const turn = this.#last.then(() => this.#publish(records));
    // The next turn comes whatever became of this one.
    this.#last = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    if (this.#connected) await this.#client.close();
  }

  async #publish(records: readonly RecordToSend[]): Promise<void> {
    try {
      if (!this.#connected) await this.#client.connect();
      this.#connected = true;
      const partitions = (this.#partitions ??= await this.#client.partitionsOf(this.#topic));
      for (let start = 0; start < records.length; start += MAX_BATCH_RECORDS) {
        const byPartition = new Map<number, RecordToEncode[]>();
        for (const { key, value, headers } of records.slice(start, start + MAX_BATCH_RECORDS)) {
          const partition = this.#partitioner.partitionOf(key, partitions);
          const record = { key, value, headers, size: measureRecord(key, value, headers) };
          const batch = byPartition.get(partition);
          if (batch === undefined) byPartition.set(partition, [record]);
          else batch.push(record);
        }
        for (const [partition, batch] of byPartition) await this.#write(partition, batch);
      }
    } catch (cause) {
      if (cause instanceof KafkaError) throw cause;
      const code = errorTypeOf(cause) === 'UNKNOWN_TOPIC_OR_PARTITION' ? 'TOPIC_UNKNOWN' : 'KAFKA_UNAVAILABLE';
      this.#context.metrics.producerFailures.inc({ topic: this.#options.topic });
      throw new KafkaError(code, this.#options.topic, { cause });
    }
  }

  async #write(partition: number, records: readonly RecordToEncode[]): Promise<void> {
    const { metrics } = this.#context;
    const bytes = await encodeBatch(records, Date.now());
    const sent = [{ topic: this.#topic, partition, bytes }];
    for (let sends = 1; ; sends += 1) {
      const [fate] = fatesOf(sent, await this.#client.produce(sent));
      if (fate?.kind === 'written') {
        metrics.producerRecords.inc({ topic: this.#options.topic }, records.length);
        return;
      }
      if (fate?.kind === 'missing') metrics.producerMissing.inc();
      const cause = fate !== undefined && 'cause' in fate ? fate.cause : undefined;
      if (fate?.kind === 'too_large') {
        if (records.length === 1) throw new KafkaError('RECORD_TOO_LARGE', this.#options.topic, { cause });
        metrics.producerSplits.inc();
        const middle = records.length >> 1;
        await this.#write(partition, records.slice(0, middle));
        await this.#write(partition, records.slice(middle));
        return;
      }
      if (fate?.kind === 'refused' || sends >= MAX_SENDS)
        throw new KafkaError('KAFKA_UNAVAILABLE', this.#options.topic, { cause });
    }
  }
}
