/** The bare reference of the intake: kafkajs' producer as it comes, sending the same records in batches of 500. */
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { benchBody, benchEventPrn, BENCH_ORGANIZATION } from './bodies.js';

const [brokers = '', count = '0'] = process.argv.slice(2);
const BATCH = 500;
const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
const topic = `bench-reference-${randomUUID()}`;
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 12, replicationFactor: 1 }], waitForLeaders: false });
// The client's own wait gives up at the first broker that does not know the topic yet.
for (let tries = 0; tries < 50; tries++) {
  const offsets = await admin.fetchTopicOffsets(topic).catch(() => undefined);
  if (offsets !== undefined) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();

async function send(events: number): Promise<void> {
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < events) {
      const from = next;
      next += BATCH;
      const messages = Array.from({ length: BATCH }, (_, index) => ({
        key: BENCH_ORGANIZATION,
        value: benchBody(from + index),
        headers: { v: '1', event: benchEventPrn(from + index), name: 'device.claimed_release', at: String(Date.now()) },
      }));
      await producer.send({ topic, messages });
    }
  };
  await Promise.all(Array.from({ length: 4 }, sender));
}

await send(20_000);
const before = process.cpuUsage();
await send(Number(count));
const used = process.cpuUsage(before);
process.send?.({ type: 'done', cpuSeconds: (used.user + used.system) / 1e6 });
await producer.disconnect();
await admin.deleteTopics({ topics: [topic] });
await admin.disconnect();
process.disconnect();
