import { randomBytes } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import pino from 'pino';
import type { KafkaConnection, KafkaContext } from '@fleethook/kafka';
import type { TopicSpec } from '@fleethook/messages';
import { createMetrics, Readiness } from '@fleethook/observability';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { plainKafka } from '../../support/plain-kafka.js';

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly event?: string;
}

/** A prefix of its own on the shared cluster, an admin of the test's own, and what was logged. */
export class KafkaRoom implements AsyncDisposable {
  readonly prefix = `t${randomBytes(6).toString('hex')}.`;
  readonly lines: LogLine[] = [];
  readonly context: KafkaContext;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly kafka: Kafka,
    readonly admin: Admin,
  ) {
    this.context = {
      log: pino({ level: 'info' }, { write: (line: string) => void this.lines.push(JSON.parse(line) as LogLine) }),
      metrics: createMetrics(),
      readiness: new Readiness(),
    };
  }

  static async open(): Promise<KafkaRoom> {
    const kafka = plainKafka(services().kafkaBrokers, {
      clientId: 'test',
      retry: { retries: 10, initialRetryTime: 100 },
    });
    const room = new KafkaRoom(kafka, kafka.admin());
    await room.admin.connect();
    return room;
  }

  connection(brokers: readonly string[] = services().kafkaBrokers): KafkaConnection {
    return { brokers, clientId: 'test', prefix: this.prefix, replicationFactor: 1, sessionTimeoutMs: 10_000 };
  }

  /** Closed when the test ends, last first. */
  closing<T extends { close(): Promise<void> }>(part: T): T {
    this.#closing.push(() => part.close());
    return part;
  }

  /** @param name without the prefix */
  async createTopic(name: string, partitions: number, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: this.prefix + name,
          numPartitions: partitions,
          replicationFactor: 1,
          configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
        },
      ],
    });
    // The broker that is asked may not have heard of it yet.
    await eventually(() => this.admin.fetchTopicOffsets(this.prefix + name), { withinMs: 30_000 });
  }

  /** How many offsets a topic has. */
  async endOf(name: string): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(this.prefix + name);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  async counterOf(name: 'producerSplits' | 'producerMissing' | 'configUnreadable'): Promise<number> {
    return (await this.context.metrics[name].get()).values.reduce((sum, { value }) => sum + value, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closing.toReversed()) await close();
    const topics = (await this.admin.listTopics()).filter((name) => name.startsWith(this.prefix));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    await this.admin.disconnect();
  }
}

export function topicSpec(name: string, spec: Partial<TopicSpec> = {}): TopicSpec {
  return {
    name,
    key: 'test',
    holds: 'test',
    partitions: 2,
    cleanup: 'delete',
    retentionMs: 3_600_000,
    settings: {},
    ...spec,
  };
}
