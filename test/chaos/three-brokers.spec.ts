import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { eventually } from '../support/eventually.js';
import { KafkaCluster } from '../support/kafka-cluster.js';
import { ClusterTraffic } from './cluster-traffic.js';
import { plainKafka } from '../support/plain-kafka.js';

const PARTITIONS = 24;
const TRAFFIC = { partitions: PARTITIONS, replicationFactor: 3 };

describe('with three brokers', () => {
  let cluster: KafkaCluster;
  let admin: Admin;
  const stack = new AsyncDisposableStack();

  beforeAll(async () => {
    cluster = stack.use(await KafkaCluster.start({ nodes: 3 }));
    admin = plainKafka(cluster.brokers).admin();
    stack.defer(() => admin.disconnect());
    await admin.connect();
  });

  afterAll(() => stack.disposeAsync());

  /** By partition. */
  async function leadersOf(topic: string): Promise<number[]> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    return partitions.toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);
  }

  /** Makes another broker the first choice of these partitions, and waits until it leads. */
  async function moveLeaders(topic: string, partitions: readonly number[]): Promise<void> {
    const leaders = await leadersOf(topic);
    const assigned = partitions.map((partition) => {
      const leader = leaders[partition] ?? 0;
      return { partition, replicas: [0, 1, 2].map((step) => ((leader + step) % 3) + 1) };
    });
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: assigned }] });
    for (const { partition, replicas } of assigned) leaders[partition] = replicas[0] ?? 0;
    await eventually(async () => expect(await leadersOf(topic)).toEqual(leaders), {
      withinMs: 30_000,
      explain: () => cluster.explain(),
    });
  }

  it('kill -9 of one of them under load loses nothing that was acknowledged (promise 1)', async () => {
    await using traffic = await ClusterTraffic.start(cluster.brokers, TRAFFIC);
    await traffic.reaches(2_000);
    await cluster.kill(1);
    await traffic.reaches(traffic.acknowledged + 3_000);
    await cluster.restart(1);
    await traffic.reaches(traffic.acknowledged + 2_000);
    const balance = await traffic.finish();
    process.stdout.write(`kill -9 of a broker: ${JSON.stringify(balance)}\n`);
    expect(balance.lost).toBe(0);
  });

  it.each([
    ['all partitions', Array.from({ length: PARTITIONS }, (_, partition) => partition)],
    // The others on the same broker are written meanwhile.
    ['one partition', [0]],
  ])(
    'leadership of %s that moves under load loses nothing, and nobody is given back for it',
    async (what, partitions) => {
      await using traffic = await ClusterTraffic.start(cluster.brokers, TRAFFIC);
      await traffic.reaches(2_000);
      for (let moves = 0; moves < 3; moves += 1) {
        await moveLeaders(traffic.topic, partitions);
        await traffic.reaches(traffic.acknowledged + 2_000);
      }
      const balance = await traffic.finish();
      process.stdout.write(`leadership of ${what} moved three times: ${JSON.stringify(balance)}\n`);
      expect(balance.lost).toBe(0);
      expect(balance.givenBack).toBe(0);
      expect(traffic.notLeaderAnswers).toBeGreaterThan(0);
    },
  );
});
