import { expect, it } from '@jest/globals';
import { BatchingProducer, type KafkaBatch, type KafkaContext } from '@fleethook/kafka';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { SystemClock } from '../../../apps/delivery/src/clock.js';
import { Forwarder } from '../../../apps/delivery/src/forwarding/forwarder.js';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { ConsumerWorld } from '../kafka/consumer-world.js';

const WITHIN = { withinMs: 30_000 };
const GRACE_MS = 1_000;
/** Longer than a partition takes to move: what the first owner has for Kafka is still with it then. */
const LONG_LINGER_MS = 12_000;

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
  const join = async (lingerMs: number) => {
    const context: KafkaContext = { log, metrics: createMetrics(), readiness: new Readiness() };
    const options = { connection, maxQueuedBytes: 1_000_000, lingerMs, lingerWhenIdle: true };
    const producer = new BatchingProducer(options, context);
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
  const first = await join(LONG_LINGER_MS);
  await eventually(() => expect(first.begun()).toBe(2), WITHIN);
  const heir = await join(0);
  const written = async (): Promise<number> => Number((await world.admin.fetchTopicOffsets(out))[0]?.high);
  await eventually(async () => expect([heir.begun(), await written()]).toEqual([1, 1]), WITHIN);
  for (const producer of producers) await producer.close();
  expect(await written()).toBe(2);
  await world.admin.deleteTopics({ topics: [out] });
});
