import { randomBytes } from 'node:crypto';
import type { Admin, Producer } from 'kafkajs';
import pino from 'pino';
import { createMetrics, Readiness, type Metrics } from '@fleethook/observability';
import {
  KafkaBatchServer,
  type KafkaBatch,
  type KafkaBatchServerOptions,
  type KafkaError,
  type KafkaRecord,
} from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { plainKafka } from '../../support/plain-kafka.js';

export const TOPIC = 'things';
export const GROUP = 'workers';

export interface MemberOptions extends Partial<KafkaBatchServerOptions> {
  /** How long the group keeps it though it says nothing; default 6 s. */
  readonly sessionTimeoutMs?: number;
}

export interface HandledMemberOptions extends MemberOptions {
  readonly onBatch: (batch: KafkaBatch, member: Member) => unknown;
}

export interface Member {
  readonly server: KafkaBatchServer;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly fatal: KafkaError[];
}

/** One topic of a random name, what is written to it, and the members of one group that read it. */
export class ConsumerWorld {
  readonly prefix = `t${randomBytes(6).toString('hex')}.`;
  readonly topic = this.prefix + TOPIC;
  readonly groupId = this.prefix + GROUP;
  readonly #members: Member[] = [];

  private constructor(
    readonly partitions: number,
    readonly admin: Admin,
    readonly producer: Producer,
  ) {}

  static async create(partitions: number): Promise<ConsumerWorld> {
    const kafka = plainKafka(services().kafkaBrokers, {
      clientId: 'test',
      retry: { retries: 10, initialRetryTime: 100 },
    });
    const world = new ConsumerWorld(partitions, kafka.admin(), kafka.producer({ allowAutoTopicCreation: false }));
    await Promise.all([world.admin.connect(), world.producer.connect()]);
    await world.admin.createTopics({
      topics: [{ topic: world.topic, numPartitions: partitions, replicationFactor: 1 }],
      waitForLeaders: false,
    });
    // Until the leader answers for every partition: a produce before that is taken in part, and repeated whole by the plain client.
    await eventually(() => world.admin.fetchTopicOffsets(world.topic), { withinMs: 30_000 });
    return world;
  }

  /** Values are `0`, `1`, ... spread evenly over the partitions. */
  async write(count: number, from = 0, valueBytes = 0): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) => ({
      key: `k${from + index}`,
      value: String(from + index).padEnd(valueBytes, ' '),
      headers: { repeated: ['first', 'last'], id: String(from + index) },
      partition: (from + index) % this.partitions,
    }));
    for (let start = 0; start < messages.length; start += 1_000)
      await this.producer.send({ topic: this.topic, messages: messages.slice(start, start + 1_000) });
  }

  /** Joined when it resolves, though perhaps without its partitions yet. */
  async join(options: HandledMemberOptions): Promise<Member> {
    const { onBatch, ...rest } = options;
    const member = this.member(rest);
    member.server.addHandler(TOPIC, async (batch: KafkaBatch) => onBatch(batch, member), true);
    await new Promise<void>((resolve, reject) => {
      void member.server.listen((error) => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the server did not start', { cause: error }));
      });
    });
    return member;
  }

  /** Not started, and without a handler. @param onLine gets all that it logs, at `trace` */
  member({ sessionTimeoutMs = 6_000, ...options }: MemberOptions, onLine?: (line: string) => void): Member {
    const log = onLine === undefined ? pino({ level: 'silent' }) : pino({ level: 'trace' }, { write: onLine });
    const context = { log, metrics: createMetrics(), readiness: new Readiness() };
    const fatal: KafkaError[] = [];
    const server = new KafkaBatchServer(
      {
        connection: {
          brokers: services().kafkaBrokers,
          clientId: 'test',
          prefix: this.prefix,
          replicationFactor: 1,
          sessionTimeoutMs,
        },
        groupId: GROUP,
        transportId: Symbol('test'),
        window: { maxRecords: 2_000, maxBytes: 8 * 1_048_576, maxSpan: 16_384 },
        handoverGraceMs: 3_000,
        drainTimeoutMs: 3_000,
        onFatal: (error) => fatal.push(error),
        ...options,
      },
      context,
    );
    const member: Member = { server, metrics: context.metrics, readiness: context.readiness, fatal };
    this.#members.push(member);
    return member;
  }

  async committed(): Promise<{ offset: number; metadata: string | null }[]> {
    const [topic] = await this.admin.fetchOffsets({ groupId: this.groupId, topics: [this.topic] });
    return (topic?.partitions ?? [])
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ offset, metadata }) => ({ offset: Number(offset), metadata }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ server }) => server.close()));
    await this.admin.deleteGroups([this.groupId]).catch(() => {});
    await this.admin.deleteTopics({ topics: [this.topic] }).catch(() => {});
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }
}

/** How often each value was handled to its end. */
export class Ledger {
  readonly #times = new Map<number, number>();

  note(record: KafkaRecord): void {
    const value = Number(record.value);
    this.#times.set(value, (this.#times.get(value) ?? 0) + 1);
  }

  get distinct(): number {
    return this.#times.size;
  }

  get duplicates(): number {
    let duplicates = 0;
    for (const times of this.#times.values()) duplicates += times - 1;
    return duplicates;
  }
}

export async function valueOf(metrics: Metrics, name: keyof Omit<Metrics, 'registry'>): Promise<number> {
  const { values } = await metrics[name].get();
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Partitions taken over, by how. */
export async function handoversOf(metrics: Metrics): Promise<Partial<Record<string, number>>> {
  const { values } = await metrics.handovers.get();
  // Every kind is counted from 0, so that its first one is seen to rise.
  const some = values.filter(({ value }) => value > 0);
  return Object.fromEntries(some.map(({ labels, value }) => [String(labels.kind), value] as const));
}
