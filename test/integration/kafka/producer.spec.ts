import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { Partitioners } from 'kafkajs';
import { BatchingProducer, KafkaError, OrderedProducer, setUpTopics, type KafkaRecord } from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { TopicTail } from '../../support/topic-tail.js';
import { KafkaRoom, topicSpec } from './kafka-room.js';

jest.setTimeout(60_000);

const codeOf = (sending: Promise<void>) =>
  sending.then(
    () => 'done',
    (error: unknown) => (error instanceof KafkaError ? error.code : error),
  );

async function producerIn(room: KafkaRoom, options: Partial<ConstructorParameters<typeof BatchingProducer>[0]> = {}) {
  const connection = room.connection();
  const producer = new BatchingProducer({ connection, maxQueuedBytes: 32 * 1_048_576, ...options }, room.context);
  await producer.connect();
  return room.closing(producer);
}

/** A port of this host where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the batching producer on a real Kafka', () => {
  it('writes every record once, with its bytes, where any Kafka client would put its key', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('things', 5);
    const producer = await producerIn(room);
    const count = 5_000;
    const records = Array.from({ length: count }, (_, i) => ({
      topic: 'things',
      key: `ключ-${i % 97}`,
      value: i % 50 === 0 ? null : Buffer.from(`${i} ${'body '.repeat(i % 200)}`),
      headers: { id: String(i), name: 'gerät' },
    }));
    await Promise.all(records.map((record) => producer.send(record)));
    expect(producer.queuedBytes).toBe(0);
    expect(await room.endOf('things')).toBe(count);

    await using tail = await TopicTail.of('things', room.connection(), room.context);
    await eventually(() => expect(tail.records).toHaveLength(count), { withinMs: 20_000 });
    const byId = new Map(tail.records.map((record) => [Number(record.headers['id']?.toString()), record]));
    expect(byId.size).toBe(count);
    const partitioner = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 5 }, () => ({ leader: 1 })) as never;
    const wrong = records.filter(({ key, value }, i) => {
      const found = byId.get(i) as KafkaRecord;
      const partition = partitioner({ topic: 't', partitionMetadata, message: { key, value } });
      const same = value === null ? found.value === null : found.value?.equals(value) === true;
      return (
        !same ||
        found.key?.toString() !== key ||
        found.partition !== partition ||
        found.headers['name']?.toString() !== 'gerät'
      );
    });
    expect(wrong).toEqual([]);
  });

  it('fails only the record that is too large for its topic; the others of its batch are written once', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('small', 1, { 'max.message.bytes': '20000' });
    const producer = await producerIn(room);
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        codeOf(
          producer.send({ topic: 'small', key: `k${i}`, value: randomBytes(i === 17 ? 30_000 : 300), headers: {} }),
        ),
      ),
    );
    expect(results).toEqual(Array.from({ length: 40 }, (_, i) => (i === 17 ? 'RECORD_TOO_LARGE' : 'done')));
    expect(await room.endOf('small')).toBe(39);
    expect(await room.counterOf('producerSplits')).toBeGreaterThan(0);
  });

  it('holds no more than its bound', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('things', 1);
    const producer = await producerIn(room, { maxQueuedBytes: 100_000 });
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        codeOf(producer.send({ topic: 'things', key: 'k', value: randomBytes(10_000), headers: {} })),
      ),
    );
    const written = results.filter((result) => result === 'done').length;
    expect(written).toBe(9);
    expect(results.filter((result) => result === 'PRODUCER_QUEUE_FULL')).toHaveLength(20 - written);
    expect(await room.endOf('things')).toBe(written);
  });

  it('gives back records of a topic that does not exist, and does not make it', async () => {
    await using room = await KafkaRoom.open();
    const producer = await producerIn(room);
    expect(await codeOf(producer.send({ topic: 'nowhere', key: 'k', value: 'v', headers: {} }))).toBe('TOPIC_UNKNOWN');
    expect(await room.admin.listTopics()).not.toContain(`${room.prefix}nowhere`);
  });

  it('finishes what it has when closed', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('things', 3);
    const connection = room.connection();
    const producer = new BatchingProducer({ connection, maxQueuedBytes: 1_048_576 }, room.context);
    await producer.connect();
    const sending = Array.from({ length: 500 }, (_, i) =>
      codeOf(producer.send({ topic: 'things', key: `${i}`, value: 'v', headers: {} })),
    );
    await producer.close();
    expect(new Set(await Promise.all(sending))).toEqual(new Set(['done']));
    expect(await room.endOf('things')).toBe(500);
  });

  it('is not ready while no broker answers', async () => {
    await using room = await KafkaRoom.open();
    await producerIn(room, { readiness: true });
    expect(await room.context.readiness.reasons()).toEqual(new Map());

    await using other = await KafkaRoom.open();
    const connection = other.connection([`127.0.0.1:${await closedPort()}`]);
    const producer = other.closing(
      new BatchingProducer({ connection, maxQueuedBytes: 1_000, readiness: true }, other.context),
    );
    expect(await codeOf(producer.connect())).toBe('KAFKA_UNAVAILABLE');
    expect((await other.context.readiness.reasons()).get('kafka')).toContain('no broker answers');
  });
});

describe('the ordered producer on a real Kafka', () => {
  it('writes in order, in small batches, whatever is published meanwhile', async () => {
    await using room = await KafkaRoom.open();
    await setUpTopics(room.connection(), [topicSpec('log', { partitions: 1 })], room.context);
    const producer = room.closing(new OrderedProducer({ connection: room.connection(), topic: 'log' }, room.context));
    const publish = (from: number, count: number) =>
      producer.publish(
        Array.from({ length: count }, (_, i) => ({ key: `k${i % 3}`, value: String(from + i), headers: {} })),
      );
    await Promise.all([publish(0, 120), publish(120, 1), publish(121, 79)]);
    await using tail = await TopicTail.of('log', room.connection(), room.context);
    await eventually(() => expect(tail.records).toHaveLength(200), { withinMs: 20_000 });
    expect(tail.records.map(({ value }) => Number(value?.toString()))).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
  });

  it('says what it could not write and goes on with the next', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('log', 1, { 'max.message.bytes': '5000' });
    const producer = room.closing(new OrderedProducer({ connection: room.connection(), topic: 'log' }, room.context));
    const large = { key: 'k', value: randomBytes(9_000), headers: {} };
    const small = { key: 'k', value: 'v', headers: {} };
    const results = await Promise.all([
      codeOf(producer.publish([small, large, small])),
      codeOf(producer.publish([small])),
    ]);
    expect(results).toEqual(['RECORD_TOO_LARGE', 'done']);
    expect(await room.endOf('log')).toBe(2);
    const nowhere = room.closing(
      new OrderedProducer({ connection: room.connection(), topic: 'nowhere' }, room.context),
    );
    expect(await codeOf(nowhere.publish([small]))).toBe('TOPIC_UNKNOWN');
  });
});
