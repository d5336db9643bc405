import { expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { plainKafka } from '../../support/plain-kafka.js';
import { services } from '../../support/services.js';
import { ConsumerWorld } from './consumer-world.js';

it('nothing of aborted transactions is handed out where two of them overlap in a partition', async () => {
  await using world = await ConsumerWorld.create(1);
  const kafka = plainKafka(services().kafkaBrokers, { clientId: 'transactions' });
  const begin = async (name: string) => {
    const producer = kafka.producer({
      transactionalId: world.prefix + name,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const send = (value: string): Promise<unknown> =>
      transaction.send({ topic: world.topic, messages: [{ value, partition: 0 }] });
    return { producer, transaction, send };
  };
  const [one, other, kept] = [await begin('one'), await begin('other'), await begin('kept')];
  await one.send('one, aborted');
  await one.send('one, aborted');
  await kept.send('kept');
  await other.send('other, aborted');
  await other.transaction.abort();
  await one.send('one, aborted');
  await kept.send('kept, too');
  await kept.transaction.commit();
  await one.transaction.abort();
  for (const { producer } of [one, other, kept]) await producer.disconnect();
  await world.producer.send({ topic: world.topic, messages: [{ key: 'k', value: 'plain', partition: 0 }] });
  const seen: string[] = [];
  await world.join({
    onBatch: ({ records }) => {
      for (const record of records) {
        if (!record.begin()) continue;
        seen.push(String(record.value));
        record.settle();
      }
    },
  });
  await eventually(() => expect(seen).toContain('plain'), { withinMs: 30_000 });
  expect(seen).toEqual(['kept', 'kept, too', 'plain']);
});
