import type { Admin, Kafka } from 'kafkajs';
import type { TopicSpec } from '@fleethook/messages';
import { createKafka, METADATA_MAX_AGE_MS } from '../client/client-factory.js';
import { KafkaError } from '../client/kafka-error.js';
import { ConfigResourceTypes } from '../client/kafkajs.js';
import { protocolError } from '../client/protocol/produce-protocol.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { driftOf, wantedSettings, type Drift } from '../topics/topic-drift.js';
import { operationsOf, type Operation } from './operations.js';
import { describeGroupRequest, metadataRequest, type RawRequest, type RawTopic } from './raw-requests.js';

export interface InspectedTopic {
  /** With the prefix. */
  readonly name: string;
  /** Undefined: it is there; else Kafka's word for what is wrong, `UNKNOWN_TOPIC_OR_PARTITION`, `TOPIC_AUTHORIZATION_FAILED`. */
  readonly fault: string | undefined;
  readonly partitions: number;
  readonly replicas: number;
  readonly leaderless: number;
  /** Partitions that miss at least one replica. */
  readonly underReplicated: number;
  readonly operations: ReadonlySet<Operation>;
}

export interface InspectedCluster {
  readonly clusterId: string | undefined;
  readonly brokers: readonly string[];
  readonly operations: ReadonlySet<Operation>;
  readonly topics: readonly InspectedTopic[];
}

export interface InspectedGroup {
  readonly fault: string | undefined;
  /** Kafka's: `Stable`, `Empty`, `Dead` (there is none). */
  readonly state: string;
  readonly members: number;
  readonly operations: ReadonlySet<Operation>;
}

interface Broker {
  readonly connectionPool: { send<T>(exchange: RawRequest<T>): Promise<T> };
}

interface Cluster {
  readonly brokerPool: { readonly seedBroker: Broker };
  connect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(options: { groupId: string }): Promise<Broker>;
}

type MakeCluster = (options: { allowAutoTopicCreation: boolean; metadataMaxAge: number }) => Cluster;

const ONCE = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 1, factor: 0.2, multiplier: 2 } as const;

/** Looks at a cluster with the credentials of an app, and changes nothing. */
export class ClusterInspector {
  private constructor(
    private readonly connection: KafkaConnection,
    private readonly cluster: Cluster,
    private readonly admin: Admin,
  ) {}

  /** @throws KafkaError or the client's error when no broker answers, or refuses who we say we are */
  static async connect(connection: KafkaConnection, context: KafkaContext): Promise<ClusterInspector> {
    const kafka = createKafka(connection, context, 'inspection', { retry: ONCE });
    const [cluster, admin] = [clusterOf(kafka), kafka.admin({ retry: ONCE })];
    const inspector = new ClusterInspector(connection, cluster, admin);
    try {
      await cluster.connect();
      await admin.connect();
      return inspector;
    } catch (error) {
      await inspector.close();
      throw error;
    }
  }

  async inspect(topics: readonly TopicSpec[]): Promise<InspectedCluster> {
    const names = topics.map(({ name }) => this.connection.prefix + name);
    const found = await this.cluster.brokerPool.seedBroker.connectionPool.send(metadataRequest(names));
    return {
      clusterId: found.clusterId,
      brokers: found.brokers.map(({ id, host, port }) => `${id} (${host}:${port})`),
      operations: operationsOf(found.clusterOperations),
      topics: found.topics.map(inspectedTopic),
    };
  }

  /** Of topics that exist. Needs the permission to describe their settings. */
  async drifts(topics: readonly TopicSpec[], found: InspectedCluster): Promise<ReadonlyMap<string, readonly Drift[]>> {
    const { prefix } = this.connection;
    const { resources } = await this.admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((spec) => ({
        type: ConfigResourceTypes.TOPIC,
        name: prefix + spec.name,
        configNames: Object.keys(wantedSettings(spec, this.connection)),
      })),
    });
    return new Map(
      topics.flatMap((spec): [string, Drift[]][] => {
        const name = prefix + spec.name;
        const topic = found.topics.find((candidate) => candidate.name === name);
        const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
        if (topic === undefined) return [];
        const settings = Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
        return [[name, driftOf(spec, this.connection, { ...topic, settings })]];
      }),
    );
  }

  /** @param group without the prefix */
  async group(group: string): Promise<InspectedGroup> {
    const groupId = this.connection.prefix + group;
    await this.cluster.refreshMetadata();
    const coordinator = await this.cluster.findGroupCoordinator({ groupId });
    const [found] = await coordinator.connectionPool.send(describeGroupRequest(groupId));
    if (found === undefined) throw new Error(`Kafka says nothing about the group ${groupId}`);
    const { errorCode, state, members, operations } = found;
    return { fault: faultOf(errorCode), state, members, operations: operationsOf(operations) };
  }

  /** Records behind the group's committed offsets; a partition without one counts from its beginning. */
  async lag(group: string, topic: string): Promise<number> {
    const name = this.connection.prefix + topic;
    const [ends, [committed]] = await Promise.all([
      this.admin.fetchTopicOffsets(name),
      this.admin.fetchOffsets({ groupId: this.connection.prefix + group, topics: [name] }),
    ]);
    const done = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.reduce((sum, { partition, high, low }) => {
      const offset = done.get(partition) ?? -1;
      return sum + Number(high) - Math.max(Number(low), offset);
    }, 0);
  }

  /** Whether a topic holds records that bear a time later than this: somebody's clock is ahead. */
  async hasRecordsAfter(topic: string, epochMs: number): Promise<boolean> {
    const name = this.connection.prefix + topic;
    const [ends, after] = await Promise.all([
      this.admin.fetchTopicOffsets(name),
      this.admin.fetchTopicOffsetsByTimestamp(name, epochMs),
    ]);
    const endOf = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
    return after.some(({ partition, offset }) => Number(offset) < (endOf.get(partition) ?? 0));
  }

  async close(): Promise<void> {
    await Promise.all([this.cluster.disconnect(), this.admin.disconnect()]);
  }
}

function inspectedTopic({ errorCode, name, partitions, operations }: RawTopic): InspectedTopic {
  return {
    name,
    fault: faultOf(errorCode),
    partitions: partitions.length,
    replicas: partitions[0]?.replicas.length ?? 0,
    leaderless: partitions.filter(({ leader }) => leader < 0).length,
    underReplicated: partitions.filter(({ replicas, inSync }) => inSync.length < replicas.length).length,
    operations: operationsOf(operations),
  };
}

function faultOf(code: number): string | undefined {
  return code === 0 ? undefined : protocolError(code).type;
}

/** kafkajs gives its cluster to nobody, but keeps how to make one under a symbol of its own. */
function clusterOf(kafka: Kafka): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const make = key === undefined ? undefined : (kafka as unknown as Record<symbol, MakeCluster | undefined>)[key];
  if (make === undefined) throw new KafkaError('CLIENT_UNKNOWN', 'kafkajs does not keep its cluster where it was');
  return make({ allowAutoTopicCreation: false, metadataMaxAge: METADATA_MAX_AGE_MS });
}
