import { randomBytes } from 'node:crypto';
import { BatchingProducer, connectionOf, setUpTopics, type KafkaConnection, type KafkaContext } from '@fleethook/kafka';
import type { TopicSpec } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { readAppSettings } from '@fleethook/config';
import { services } from './services.js';
import { TopicTail } from './topic-tail.js';

/** A prefix of its own on the shared cluster, and a test's own clients in it. */
export class KafkaNamespace implements AsyncDisposable {
  readonly prefix = `t${randomBytes(5).toString('hex')}.`;
  readonly context: KafkaContext = {
    log: createLog({ app: 'test', level: 'silent', format: 'json' }),
    metrics: createMetrics(),
    readiness: new Readiness(),
  };
  readonly connection: KafkaConnection;
  readonly producer: BatchingProducer;
  readonly #tails: TopicTail[] = [];

  private constructor() {
    this.connection = connectionOf(readAppSettings('router', this.environment), 'test');
    this.producer = new BatchingProducer(
      { connection: this.connection, maxQueuedBytes: 256 * 1_024 * 1_024 },
      this.context,
    );
  }

  static async create(topics: readonly TopicSpec[]): Promise<KafkaNamespace> {
    const namespace = new KafkaNamespace();
    await setUpTopics(namespace.connection, topics, namespace.context);
    await namespace.producer.connect();
    return namespace;
  }

  /** For the settings of an app in this namespace. */
  get environment(): Record<string, string> {
    return { KAFKA_BROKERS: services().kafkaBrokers.join(','), KAFKA_TOPIC_PREFIX: this.prefix };
  }

  async tail(topic: string): Promise<TopicTail> {
    const tail = await TopicTail.of(topic, this.connection, this.context);
    this.#tails.push(tail);
    return tail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#tails.map((tail) => tail[Symbol.asyncDispose]()));
    await this.producer.close();
  }
}
