import { describe, expect, it, jest } from '@jest/globals';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { ConsumerWorld, handoversOf, Ledger, valueOf } from './consumer-world.js';

const settleAll =
  (ledger: Ledger) =>
  ({ records }: KafkaBatch): void => {
    for (const record of records) {
      if (!record.begin()) continue;
      ledger.note(record);
      record.settle();
    }
  };

jest.setTimeout(60_000);

describe('a batch server on a real Kafka', () => {
  it('hands out every record once, with its topic as apps know it and its bytes as they were', async () => {
    await using world = await ConsumerWorld.create(3);
    await world.write(300);
    const ledger = new Ledger();
    const seen: KafkaRecord[] = [];
    await world.join({
      onBatch: (batch) => {
        seen.push(...batch.records);
        settleAll(ledger)(batch);
      },
    });
    await eventually(() => expect(ledger.distinct).toBe(300), { withinMs: 15_000 });
    expect(ledger.duplicates).toBe(0);
    const [record] = seen;
    expect(record?.topic).toBe('things');
    expect(record?.key?.toString()).toMatch(/^k\d+$/);
    expect(record?.headers['repeated']?.toString()).toBe('last');
    expect(record?.headers['id']?.toString()).toBe(record?.value?.toString());
    expect(Math.abs((record?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
    await eventually(
      async () => expect((await world.committed()).map(({ offset }) => offset)).toEqual([100, 100, 100]),
      {
        withinMs: 20_000,
      },
    );
  });

  it('pauses a partition whose window is full and resumes it when half is free', async () => {
    await using world = await ConsumerWorld.create(1);
    await world.write(1_000);
    const held: KafkaRecord[] = [];
    const member = await world.join({
      window: { maxRecords: 100, maxBytes: 8 * 1_048_576, maxSpan: 16_384 },
      onBatch: ({ records }) => {
        for (const record of records) if (record.begin()) held.push(record);
      },
    });
    await eventually(async () => expect(await valueOf(member.metrics, 'kafkaPaused')).toBe(1), { withinMs: 30_000 });
    expect(held.length).toBe(100);
    expect(await valueOf(member.metrics, 'windowRecords')).toBe(100);
    for (const record of held.slice(0, 49)) record.settle();
    expect(held.length).toBe(100);
    held[49]?.settle();
    await eventually(() => expect(held.length).toBe(150), { withinMs: 20_000 });
    let settled = 50;
    await eventually(
      () => {
        for (; settled < held.length; settled++) held[settled]?.settle();
        expect(held.length).toBe(1_000);
      },
      { withinMs: 15_000 },
    );
  });

  it('writes what is settled above the first open record beside the offset, and reads it back', async () => {
    await using world = await ConsumerWorld.create(1);
    await world.write(20);
    const first = await world.join({
      drainTimeoutMs: 0,
      onBatch: ({ records }) => {
        for (const record of records) if (record.begin() && record.offset % 2 === 1) record.settle();
      },
    });
    await eventually(
      async () =>
        expect(await world.committed()).toEqual([{ offset: 0, metadata: `1:${bitmap(20, (bit) => bit % 2 === 1)}` }]),
      { withinMs: 30_000 },
    );
    await first.server.close();
    const again: number[] = [];
    const second = await world.join({
      handoverGraceMs: 500,
      onBatch: ({ records }) => {
        for (const record of records) if (record.begin()) again.push(record.offset);
      },
    });
    await eventually(() => expect(again).toHaveLength(10), { withinMs: 15_000 });
    expect(again.every((offset) => offset % 2 === 0)).toBe(true);
    expect(await handoversOf(second.metrics)).toEqual({ grace: 1 });
  });

  it('takes commit metadata that is not ours as empty', async () => {
    await using world = await ConsumerWorld.create(1);
    await world.write(10);
    await world.admin.setOffsets({
      groupId: world.groupId,
      topic: world.topic,
      partitions: [{ partition: 0, offset: '4' }],
    });
    await commitForeign(world, 'bm90IG91cnM=');
    const ledger = new Ledger();
    const member = await world.join({ onBatch: settleAll(ledger) });
    await eventually(() => expect(ledger.distinct).toBe(6), { withinMs: 30_000 });
    expect(await valueOf(member.metrics, 'foreignMetadata')).toBe(1);
  });

  it('survives a handler that throws a TypeError, and gives it the batch again', async () => {
    await using world = await ConsumerWorld.create(2);
    await world.write(100);
    const ledger = new Ledger();
    let failures = 3;
    const member = await world.join({
      onBatch: (batch) => {
        if (failures-- > 0) throw new TypeError('undefined is not a function');
        settleAll(ledger)(batch);
      },
    });
    await eventually(() => expect(ledger.distinct).toBe(100), { withinMs: 15_000 });
    await world.write(100, 100);
    await eventually(() => expect(ledger.distinct).toBe(200), { withinMs: 15_000 });
    expect(ledger.duplicates).toBe(0);
    expect(await valueOf(member.metrics, 'handlerFailures')).toBe(3);
    expect(member.fatal).toEqual([]);
    expect(await member.readiness.reasons()).toEqual(new Map());
  });

  it('goes on at the start of the log, loudly, when retention took what it had not read', async () => {
    await using world = await ConsumerWorld.create(1);
    await world.write(100);
    const ledger = new Ledger();
    const first = await world.join({
      window: { maxRecords: 10, maxBytes: 8 * 1_048_576, maxSpan: 16_384 },
      drainTimeoutMs: 0,
      onBatch: ({ records }) => {
        for (const record of records) if (record.offset < 5 && record.begin()) record.settle();
      },
    });
    await eventually(async () => expect((await world.committed())[0]?.offset).toBe(5), { withinMs: 30_000 });
    await first.server.close();
    await world.admin.deleteTopicRecords({ topic: world.topic, partitions: [{ partition: 0, offset: '60' }] });
    const second = await world.join({ onBatch: settleAll(ledger) });
    await eventually(() => expect(ledger.distinct).toBe(40), { withinMs: 15_000 });
    expect(ledger.duplicates).toBe(0);
    expect(await valueOf(second.metrics, 'recordsExpired')).toBe(55);
  });
});

function bitmap(bits: number, isSet: (bit: number) => boolean): string {
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) if (isSet(bit)) bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (1 << (bit & 7));
  return Buffer.from(bytes).toString('base64url');
}

/** The client's own way to set metadata: a consumer that joins, commits and leaves. */
async function commitForeign(world: ConsumerWorld, metadata: string): Promise<void> {
  const { plainKafka } = await import('../../support/plain-kafka.js');
  const { services } = await import('../../support/services.js');
  const kafka = plainKafka(services().kafkaBrokers);
  const consumer = kafka.consumer({ groupId: world.groupId, maxWaitTimeInMs: 100 });
  const joined = new Promise((resolve) => consumer.on(consumer.events.FETCH_START, resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: [world.topic] });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
  await joined;
  await consumer.commitOffsets([{ topic: world.topic, partition: 0, offset: '4', metadata }]);
  await consumer.disconnect();
}
