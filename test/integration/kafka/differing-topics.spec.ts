import { describe, expect, it } from '@jest/globals';
import type { KafkaBatch } from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { ConsumerWorld, TOPIC } from './consumer-world.js';

const NEW_TOPIC = 'new-things';
const WRITTEN = 20;

describe('a group whose members read different topics, as while settings are rolled out', () => {
  it('reads what only one of them asks for, though its leader does not', async () => {
    await using world = await ConsumerWorld.create(2);
    const leader = await world.join({ onBatch: settle });
    await world.admin.createTopics({ topics: [{ topic: world.prefix + NEW_TOPIC, numPartitions: 6 }] });

    const seen: string[] = [];
    const { server, fatal } = world.member({});
    server.addHandler(TOPIC, async (batch: KafkaBatch) => settle(batch), true);
    server.addHandler(
      NEW_TOPIC,
      async (batch: KafkaBatch) => {
        for (const { value } of batch.records) seen.push(String(value));
        settle(batch);
      },
      true,
    );
    await new Promise<void>((resolve) => void server.listen(() => resolve()));
    const values = Array.from({ length: WRITTEN }, (_, index) => String(index));
    await world.producer.send({
      topic: world.prefix + NEW_TOPIC,
      messages: values.map((value) => ({ key: value, value })),
    });
    await eventually(() => expect(seen.toSorted()).toEqual(values.toSorted()), { withinMs: 30_000 });
    expect([leader.fatal, fatal]).toEqual([[], []]);
  });
});

function settle({ records }: KafkaBatch): void {
  for (const record of records) if (record.begin()) record.settle();
}
