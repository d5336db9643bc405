import { expect, it } from '@jest/globals';
import { BatchingProducer, type KafkaBatch, type KafkaContext } from '@fleethook/kafka';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { SystemClock } from '../../../apps/delivery/src/clock.js';
import { Forwarder } from '../../../apps/delivery/src/forwarding/forwarder.js';
import {
  KafkaProduceClient,
  ProduceClient,
  type PartitionReply,
  type PreparedBatch,
} from '../../../libs/kafka/src/producer/produce-client.js';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { ConsumerWorld } from '../kafka/consumer-world.js';

const WITHIN = { withinMs: 30_000 };
const GRACE_MS = 1_000;

/** A topic whose leader is away: what is sent there waits for it. */
class LeaderAway extends ProduceClient {
  #isBack = (): void => undefined;
  readonly #back = new Promise<void>((resolve) => (this.#isBack = resolve));

  constructor(private readonly inner: ProduceClient) {
    super();
  }

  comesBack(): void {
    this.#isBack();
  }

  connect(): Promise<void> {
    return this.inner.connect();
  }

  async produce(batches: readonly PreparedBatch[], isAwaited?: () => boolean): Promise<readonly PartitionReply[]> {
    await this.#back;
    return this.inner.produce(batches, isAwaited);
  }

  partitionsOf(topic: string): Promise<number> {
    return this.inner.partitionsOf(topic);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

it('what a moved partition had on its way to Kafka is written by its new owner, and not by both (promise 11)', async () => {
  await using world = await ConsumerWorld.create(2);
  const out = `${world.prefix}out`;
  await world.admin.createTopics({ topics: [{ topic: out, numPartitions: 1, replicationFactor: 1 }] });
  const connection = {
    brokers: services().kafkaBrokers,
    clientId: 'test',
    prefix: world.prefix,
    replicationFactor: 1,
    sessionTimeoutMs: 6_000,
  };
  const log = createLog({ app: 'test', level: 'silent', format: 'json' });
  const producers: BatchingProducer[] = [];
  const join = async (clientOf: (client: ProduceClient) => ProduceClient) => {
    const context: KafkaContext = { log, metrics: createMetrics(), readiness: new Readiness() };
    const client = new KafkaProduceClient(connection, context, 'producer', () => undefined);
    const producer = new BatchingProducer({ connection, maxQueuedBytes: 1_000_000 }, context, clientOf(client));
    await producer.connect();
    producers.push(producer);
    const forwarder = new Forwarder(producer, new SystemClock(), log);
    let begun = 0;
    await world.join({
      handoverGraceMs: GRACE_MS,
      onBatch: ({ records }: KafkaBatch) => {
        for (const record of records) {
          if (!record.begin()) continue;
          begun += 1;
          forwarder.forward(record, [{ topic: 'out', key: record.key ?? '', value: record.value, headers: {} }]);
        }
      },
    });
    return { begun: () => begun };
  };

  await world.write(2);
  let away: LeaderAway | undefined;
  const first = await join((client) => (away = new LeaderAway(client)));
  await eventually(() => expect(first.begun()).toBe(2), WITHIN);
  const heir = await join((client) => client);
  const written = async (): Promise<number> => Number((await world.admin.fetchTopicOffsets(out))[0]?.high);
  await eventually(async () => expect([heir.begun(), await written()]).toEqual([1, 1]), WITHIN);
  away?.comesBack();
  await eventually(async () => expect(await written()).toBeGreaterThanOrEqual(2), WITHIN);
  for (const producer of producers) await producer.close();
  expect(await written()).toBe(2);
  await world.admin.deleteTopics({ topics: [out] });
});
