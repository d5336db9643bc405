import type { Consumer, ConsumerCrashEvent, EachBatchPayload } from 'kafkajs';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { KafkaRoom } from './kafka-room.js';
import { plainKafka } from '../../support/plain-kafka.js';

/* What the client does on a real Kafka. Each of these is the reason for something of ours; when one fails, that can go. */

jest.setTimeout(60_000);

interface PlainConsumer extends AsyncDisposable {
  readonly consumer: Consumer;
  readonly crashes: ConsumerCrashEvent['payload'][];
}

/** A consumer as one writes it without this room, joined. */
async function consumeIn(
  room: KafkaRoom,
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
  subscription: { readonly fromBeginning?: boolean } = {},
): Promise<PlainConsumer> {
  const kafka = plainKafka(services().kafkaBrokers, { retry: { restartOnFailure: async () => true } });
  const consumer = kafka.consumer({ groupId: `${room.prefix}plain`, maxWaitTimeInMs: 50 });
  const crashes: ConsumerCrashEvent['payload'][] = [];
  consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push(payload));
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: [`${room.prefix}things`], ...subscription });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
  await joined;
  return { consumer, crashes, [Symbol.asyncDispose]: () => consumer.disconnect() };
}

async function roomWith(values: readonly string[]): Promise<KafkaRoom> {
  const room = await KafkaRoom.open();
  await room.createTopic('things', 1);
  await write(room, values);
  return room;
}

async function write(room: KafkaRoom, values: readonly string[]): Promise<void> {
  const producer = room.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: `${room.prefix}things`, messages: values.map((value) => ({ value, partition: 0 })) });
  await producer.disconnect();
}

describe('the client on a real Kafka', () => {
  it.each([new TypeError('undefined'), new RangeError('too long')])(
    'ends for good, and asks nobody, when its handler throws %p: nothing is thrown out of ours',
    async (fault) => {
      await using room = await roomWith(['one']);
      await using plain = await consumeIn(room, () => Promise.reject(fault), { fromBeginning: true });
      // A Kafka that has just started has another crash for it, of which it begins again.
      const ofHandler = () => plain.crashes.filter(({ error }) => error.message.includes(fault.message));
      await eventually(() => expect(ofHandler()).toHaveLength(1), { withinMs: 20_000 });
      expect(ofHandler()[0]?.restart).toBe(false);
    },
  );

  it('resolves commits without committing once it stops: we count those that Kafka acknowledged', async () => {
    await using room = await roomWith(['one', 'two']);
    await using plain = await consumeIn(room, async () => {}, { fromBeginning: true });
    const [topic, groupId] = [`${room.prefix}things`, `${room.prefix}plain`];
    const stopping = plain.consumer.stop();
    await plain.consumer.commitOffsets([{ topic, partition: 0, offset: '2' }]);
    await stopping;
    const [committed] = await room.admin.fetchOffsets({ groupId, topics: [topic] });
    expect(committed?.partitions[0]?.offset).toBe('-1');
  });

  it('goes on to join, or crashes of it, when it is told to disconnect while it starts: a closed one of ours is left alone', async () => {
    await using room = await roomWith(['one']);
    const consumer = plainKafka(services().kafkaBrokers).consumer({ groupId: `${room.prefix}plain` });
    const later: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [`${room.prefix}things`] });
    const ran = consumer.run({ autoCommit: false, eachBatch: async () => {} });
    await consumer.disconnect();
    consumer.on(consumer.events.GROUP_JOIN, () => later.push('joined'));
    consumer.on(consumer.events.CRASH, () => later.push('crashed'));
    await ran;
    await eventually(() => expect(later).not.toEqual([]), { withinMs: 20_000 });
    await consumer.disconnect();
  });

  it('starts at the end unless told otherwise: we tell it', async () => {
    await using room = await roomWith(['one', 'two']);
    const seen: string[] = [];
    await using plain = await consumeIn(room, async (payload) => {
      for (const { value, offset } of payload.batch.messages) {
        seen.push(String(value));
        payload.resolveOffset(offset);
      }
    });
    await new Promise((resolve) => plain.consumer.on(plain.consumer.events.FETCH, resolve));
    await write(room, ['three']);
    await eventually(() => expect(seen).toEqual(['three']), { withinMs: 20_000 });
  });

  it('makes missing topics without waiting for their leaders, and says nothing, when one was there: we wait', async () => {
    await using room = await roomWith([]);
    const topics = ['things', 'others'].map((name) => ({ topic: room.prefix + name, numPartitions: 1 }));
    await expect(room.admin.createTopics({ topics, waitForLeaders: true })).resolves.toBe(false);
    await eventually(() => room.admin.fetchTopicOffsets(`${room.prefix}others`), { withinMs: 30_000 });
  });
});
