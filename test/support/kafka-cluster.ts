import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatKafkaStorage,
  freePort,
  kafkaMetadata,
  kafkaPrograms,
  newClusterId,
  propertiesText,
  SINGLE_NODE,
  startKafkaNode,
  type ChildService,
  type KafkaProperties,
} from '@fleethook/infrastructure';
import { eventually } from './eventually.js';

export interface ClusterOptions {
  /** Each is broker and controller. */
  readonly nodes: 1 | 3;
  readonly properties?: KafkaProperties;
  /** A proxy before the only node: clients are told to go there. @param port where the node listens */
  readonly advertise?: (port: number) => Promise<number>;
  /** What the storage begins with, as `--add-scram` and a user. */
  readonly format?: readonly string[];
}

interface Node {
  readonly id: number;
  readonly port: number;
  /** Where clients are told to go. */
  readonly advertisedPort: number;
  readonly internalPort: number;
  readonly controllerPort: number;
  readonly folder: string;
  readonly propertiesFile: string;
  process: ChildService | undefined;
}

const HEAP = ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC'];
const READY_WITHIN_MS = 90_000;

/** So that a test sees in seconds what production sees in half a minute. */
const QUICK: KafkaProperties = {
  'broker.session.timeout.ms': 3_000,
  'broker.heartbeat.interval.ms': 500,
  'auto.leader.rebalance.enable': true,
  'leader.imbalance.check.interval.seconds': 1,
  'leader.imbalance.per.broker.percentage': 0,
};

const REPLICATED: KafkaProperties = {
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'share.coordinator.state.topic.replication.factor': 3,
  'share.coordinator.state.topic.min.isr': 2,
};

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** A Kafka of a test's own, so that it may be killed: real nodes on this machine's Java, on data that is thrown away. */
export class KafkaCluster implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleethook-cluster-'));
  readonly #nodes: Node[] = [];
  #programs: Awaited<ReturnType<typeof kafkaPrograms>> | undefined;

  private constructor() {}

  static async start(options: ClusterOptions): Promise<KafkaCluster> {
    const cluster = new KafkaCluster();
    try {
      await cluster.#start(options);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** As clients are told. */
  get brokers(): string[] {
    return this.#nodes.map(({ advertisedPort }) => `127.0.0.1:${advertisedPort}`);
  }

  /** Ends a node as a power cut of its machine's process would. */
  async kill(id: number): Promise<void> {
    const { process } = this.#node(id);
    process?.kill();
    await process?.ended;
  }

  /** Starts a killed node again on its data; resolves when all nodes are there and every partition has a leader. */
  async restart(id: number): Promise<void> {
    this.#run(this.#node(id));
    await this.#ready();
  }

  explain(): string {
    return this.#nodes
      .map(({ id, process }) => `node ${id}:\n${process?.lastLines().slice(-5).join('\n') ?? 'not started'}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody needs its data: there is nothing to end in order.
    for (const { process } of this.#nodes) process?.kill();
    for (const { process } of this.#nodes) await process?.ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start({ nodes, properties, advertise, format = [] }: ClusterOptions): Promise<void> {
    const programs = (this.#programs = await kafkaPrograms(undefined, say, new AbortController().signal));
    for (let id = 1; id <= nodes; id += 1) {
      const folder = join(this.#folder, String(id));
      const [port, internalPort, controllerPort] = [await freePort(), await freePort(), await freePort()];
      const advertisedPort = (await advertise?.(port)) ?? port;
      mkdirSync(folder);
      this.#nodes.push({
        id,
        port,
        advertisedPort,
        internalPort,
        controllerPort,
        folder,
        propertiesFile: join(folder, 'server.properties'),
        process: undefined,
      });
    }
    const voters = this.#nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
    const clusterId = newClusterId();
    for (const node of this.#nodes)
      writeFileSync(node.propertiesFile, propertiesText({ ...propertiesOf(node, voters, nodes), ...properties }));
    await Promise.all(this.#nodes.map((node) => formatKafkaStorage(programs, node, clusterId, format)));
    for (const node of this.#nodes) this.#run(node);
    await this.#ready();
  }

  #run(node: Node): void {
    if (this.#programs === undefined) throw new Error('the cluster was never started');
    node.process = startKafkaNode(this.#programs, { ...node, logFile: join(node.folder, 'node.log'), heap: HEAP });
  }

  async #ready(): Promise<void> {
    await eventually(
      async () => {
        for (const { id, internalPort } of this.#nodes) {
          const { brokers, partitionsWithoutLeader } = await kafkaMetadata('127.0.0.1', internalPort, 2_000);
          if (brokers < this.#nodes.length || partitionsWithoutLeader > 0)
            throw new Error(
              `node ${id} knows ${brokers} brokers; ${partitionsWithoutLeader} partitions have no leader`,
            );
        }
      },
      { withinMs: READY_WITHIN_MS, explain: () => this.explain() },
    );
  }

  #node(id: number): Node {
    const found = this.#nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`there is no node ${id}`);
    return found;
  }
}

function propertiesOf(node: Node, voters: string, nodes: number): KafkaProperties {
  const { port, advertisedPort, internalPort, controllerPort } = node;
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    // Brokers among themselves need not go where a test sends its clients.
    listeners: `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internalPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${advertisedPort},INTERNAL://127.0.0.1:${internalPort}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': voters,
    'log.dirs': join(node.folder, 'data'),
    ...SINGLE_NODE,
    ...(nodes > 1 ? REPLICATED : {}),
    ...QUICK,
  };
}
