import { randomUUID } from 'node:crypto';
import pino from 'pino';
import {
  BatchingProducer,
  GroupLagReader,
  KafkaBatchServer,
  setUpTopics,
  type KafkaBatch,
  type KafkaConnection,
  type KafkaContext,
} from '@fleethook/kafka';
import { createMetrics, Readiness } from '@fleethook/observability';
import { eventually } from '../support/eventually.js';

export interface TrafficBalance {
  /** Distinct records that all in-sync replicas had. */
  readonly acknowledged: number;
  readonly lost: number;
  /** Written more than once: the answer to the first write never came. */
  readonly writtenAgain: number;
  /** Handled more than once at the same offset. */
  readonly handledAgain: number;
  /** How many offsets had been handled when the first was handled again; all of them when none was. */
  readonly handledBefore: number;
  /** What the producer could not get acknowledged in time; the caller sent it again. */
  readonly givenBack: number;
}

const TOPIC = 'things';
const GROUP = 'workers';
const UNDER_WAY = 3000;
const MEMBERS = 2;
const MIB = 1_048_576;

/** A producer that never rests and two members of a group that read what it writes, on one topic. */
export class ClusterTraffic implements AsyncDisposable {
  readonly #acknowledged = new Set<number>();
  /** By value, the offsets at which it was handled. */
  readonly #handled = new Map<number, string[]>();
  readonly #handledPlaces = new Set<string>();
  #handledBefore: number | undefined;
  readonly #servers: KafkaBatchServer[] = [];
  readonly #lines: string[] = [];
  readonly #context: KafkaContext = {
    log: pino({ level: 'info' }, { write: (line: string) => void this.#lines.push(line) }),
    metrics: createMetrics(),
    readiness: new Readiness(),
  };
  readonly #producer: BatchingProducer;
  #givenBack = 0;
  #next = 0;
  #underWay = 0;
  #isProducing = true;

  private constructor(private readonly connection: KafkaConnection) {
    this.#producer = new BatchingProducer({ connection, maxQueuedBytes: 16 * MIB }, this.#context);
  }

  static async start(
    brokers: readonly string[],
    { partitions, replicationFactor }: { readonly partitions: number; readonly replicationFactor: number },
  ): Promise<ClusterTraffic> {
    const prefix = `t${randomUUID()}.`;
    const connection = { brokers, clientId: 'chaos', prefix, replicationFactor, sessionTimeoutMs: 15_000 };
    const traffic = new ClusterTraffic(connection);
    const topic = {
      name: TOPIC,
      key: 'a number',
      holds: 'numbers',
      partitions,
      cleanup: 'delete',
      settings: {},
    } as const;
    await setUpTopics(connection, [{ ...topic, retentionMs: 3_600_000 }], traffic.#context);
    await traffic.#producer.connect();
    for (let member = 0; member < MEMBERS; member += 1) await traffic.#join();
    for (let records = 0; records < UNDER_WAY; records += 1) traffic.#produce(traffic.#next++);
    return traffic;
  }

  /** With its prefix. */
  get topic(): string {
    return this.connection.prefix + TOPIC;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Records committed, as the brokers see it. */
  async committed(): Promise<number> {
    const reader = new GroupLagReader(this.connection, this.#context);
    try {
      const { positions } = await reader.read(() => [{ group: GROUP, topics: [TOPIC] }]);
      return positions.reduce((sum, { committed = 0 }) => sum + committed, 0);
    } finally {
      await reader.close();
    }
  }

  /** How often a broker said that it did not lead what was sent to it. */
  get notLeaderAnswers(): number {
    return this.#lines.filter((line) => line.includes('not the leader')).length;
  }

  async reaches(acknowledged: number): Promise<void> {
    await eventually(
      () => {
        if (this.acknowledged < acknowledged)
          throw new Error(`${this.acknowledged} of ${acknowledged} records are acknowledged`);
      },
      { withinMs: 60_000, explain: () => this.explain() },
    );
  }

  async handles(records: number): Promise<void> {
    await eventually(
      () => {
        if (this.#handled.size < records) throw new Error(`${this.#handled.size} of ${records} records are handled`);
      },
      { withinMs: 60_000, explain: () => this.explain() },
    );
  }

  /** Produces nothing more, and waits until everything acknowledged was handled. */
  async finish(): Promise<TrafficBalance> {
    this.#isProducing = false;
    await eventually(
      () => {
        const lost = this.#lost();
        if (this.#underWay > 0 || lost > 0) throw new Error(`${this.#underWay} under way, ${lost} not handled`);
      },
      { withinMs: 60_000, explain: () => this.explain() },
    );
    let [writtenAgain, handledAgain] = [0, 0];
    for (const places of this.#handled.values()) {
      const distinct = new Set(places).size;
      writtenAgain += distinct - 1;
      handledAgain += places.length - distinct;
    }
    return {
      acknowledged: this.acknowledged,
      lost: this.#lost(),
      writtenAgain,
      handledAgain,
      handledBefore: this.#handledBefore ?? this.#handledPlaces.size,
      givenBack: this.#givenBack,
    };
  }

  explain(): string {
    return this.#lines.slice(-15).join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isProducing = false;
    for (const server of this.#servers) await server.close();
    await this.#producer.close();
  }

  #produce(value: number): void {
    this.#underWay += 1;
    const record = { topic: TOPIC, key: `k${value}`, value: String(value), headers: {} };
    this.#producer.enqueue(record, (error) => {
      this.#underWay -= 1;
      if (error === undefined) {
        this.#acknowledged.add(value);
        if (this.#isProducing) setTimeout(() => this.#isProducing && this.#produce(this.#next++), 1);
        return;
      }
      this.#givenBack += 1;
      // Its caller still owns it.
      if (this.#isProducing) setTimeout(() => this.#isProducing && this.#produce(value), 50);
    });
  }

  async #join(): Promise<void> {
    const server = new KafkaBatchServer(
      {
        connection: this.connection,
        groupId: GROUP,
        transportId: Symbol('chaos'),
        window: { maxRecords: 2_000, maxBytes: 8 * MIB, maxSpan: 16_384 },
        handoverGraceMs: 1_000,
        drainTimeoutMs: 1_000,
      },
      this.#context,
    );
    this.#servers.push(server);
    server.addHandler(TOPIC, async (batch: KafkaBatch) => this.#handle(batch), true);
    await new Promise<void>((resolve, reject) => {
      server.listen((error) => (error === undefined ? resolve() : reject(error as Error))).catch(reject);
    });
  }

  #handle({ partition, records }: KafkaBatch): void {
    for (const record of records) {
      if (!record.begin()) continue;
      const value = Number(record.value);
      const places = this.#handled.get(value) ?? [];
      const place = `${partition}/${record.offset}`;
      this.#handled.set(value, [...places, place]);
      if (this.#handledPlaces.has(place)) this.#handledBefore ??= this.#handledPlaces.size;
      this.#handledPlaces.add(place);
      record.settle();
    }
  }

  #lost(): number {
    let lost = 0;
    for (const value of this.#acknowledged) if (!this.#handled.has(value)) lost += 1;
    return lost;
  }
}
