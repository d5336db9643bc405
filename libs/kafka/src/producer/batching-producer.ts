import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { accessRefused } from '../client/access-fault.js';
import { errorTypeOf, KafkaError } from '../client/kafka-error.js';
import { KafkaProbe } from '../client/kafka-probe.js';
import { RecordProducer, type OutgoingRecord, type RecordDone } from './outgoing-record.js';
import { KafkaProduceClient, type ProduceClient } from './produce-client.js';
import { ProduceCalls } from './produce-calls.js';
import { measureRecord } from './record-size.js';
import { TopicPartitions } from './topic-partitions.js';

export interface BatchingProducerOptions {
  readonly connection: KafkaConnection;
  /** Bytes that may wait for an acknowledgement; beyond it records are refused. */
  readonly maxQueuedBytes: number;
  /** While a call is under way, records wait so long for company; the first of an idle producer waits for nobody. Default 5 ms. */
  readonly lingerMs?: number;
  /** Wait for the linger even when no call is under way: fewer and larger calls, where latency matters to nobody. Default false. */
  readonly lingerWhenIdle?: boolean;
  /** A record that is not acknowledged by then is given back as KAFKA_UNAVAILABLE. Default 30 s. */
  readonly deliveryTimeoutMs?: number;
  /** What it writes, without the prefix: whose failures are shown as 0 before the first one. Default none. */
  readonly topics?: readonly string[];
  /** Adds the probe `kafka`: for apps that do not consume. Default false. */
  readonly readiness?: boolean;
}

/** A broker takes requests of 100 MiB and no more. */
const MAX_RECORD_BYTES = 32 * 1_024 * 1_024;

/**
 * Collects records per partition and sends them in few calls; a record is done once all in-sync replicas have it. No order is promised:
 * up to four calls are under way, and each may be tried again.
 */
export class BatchingProducer extends RecordProducer {
  readonly #options: BatchingProducerOptions;
  readonly #client: ProduceClient;
  readonly #calls: ProduceCalls;
  readonly #topics: TopicPartitions;
  readonly #probe: KafkaProbe | undefined;
  #closed = false;

  /** @param client what speaks to Kafka, if not kafkajs */
  constructor(options: BatchingProducerOptions, context: KafkaContext, client?: ProduceClient) {
    super();
    const { connection, lingerMs = 5, lingerWhenIdle = false, deliveryTimeoutMs = 30_000, topics = [] } = options;
    const { prefix } = connection;
    this.#options = options;
    this.#client =
      client ??
      new KafkaProduceClient(connection, context, 'producer', (topic, partitions) =>
        this.#topics.learn(topic, partitions),
      );
    this.#calls = new ProduceCalls(
      { lingerMs, lingerWhenIdle, deliveryTimeoutMs, prefix, topics },
      this.#client,
      context,
    );
    this.#topics = new TopicPartitions(this.#client);
    if (options.readiness === true) {
      this.#probe = new KafkaProbe(connection, context);
      context.readiness.add('kafka', () => this.#probe?.check());
    }
  }

  /** @throws KafkaError KAFKA_UNAVAILABLE, ACCESS_REFUSED */
  async connect(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (cause) {
      throw accessRefused(cause) ?? new KafkaError('KAFKA_UNAVAILABLE', 'connecting', { cause });
    }
  }

  /** Bytes taken and not acknowledged yet. */
  get queuedBytes(): number {
    return this.#calls.queuedBytes;
  }

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    if (this.#closed) {
      onDone(new KafkaError('PRODUCER_CLOSED', record.topic));
      return;
    }
    const { key, value, headers, onlyWhile } = record;
    const size = measureRecord(key, value, headers);
    const { maxQueuedBytes } = this.#options;
    if (size.bodyBytes > Math.min(maxQueuedBytes, MAX_RECORD_BYTES)) {
      onDone(new KafkaError('RECORD_TOO_LARGE', `${record.topic}: ${size.bodyBytes} bytes`));
      return;
    }
    if (this.#calls.queuedBytes + size.bodyBytes > maxQueuedBytes) {
      onDone(new KafkaError('PRODUCER_QUEUE_FULL', `${this.#calls.queuedBytes} of ${maxQueuedBytes} bytes`));
      return;
    }
    const topic = this.#options.connection.prefix + record.topic;
    const queued = { key, value, headers, size, onDone, onlyWhile };
    this.#calls.admit(queued);
    const partition = record.partition ?? this.#topics.partitionOf(topic, key);
    if (partition !== undefined) {
      this.#calls.add(topic, partition, queued);
      return;
    }
    this.#topics.lookUp(topic, (error) => {
      if (error === undefined) {
        this.#calls.add(topic, this.#topics.partitionOf(topic, key) ?? 0, queued);
        return;
      }
      const code = errorTypeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? 'TOPIC_UNKNOWN' : 'KAFKA_UNAVAILABLE';
      this.#calls.refuse(queued, new KafkaError(code, topic, { cause: error }));
    });
  }

  /** Resolves once nothing is left, acknowledged or given back. */
  flush(): Promise<void> {
    return this.#calls.drained();
  }

  /** Takes nothing more, waits for what it has, and disconnects. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#client.close();
    await this.#probe?.close();
  }
}
