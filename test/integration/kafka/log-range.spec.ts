import { describe, expect, it, jest } from '@jest/globals';
import { LogRangeReader, offsetsOfWindow, type LogRangeReaderOptions, type OffsetRange } from '@fleethook/kafka';
import { DirectProducer } from '../../support/direct-producer.js';
import { eventually } from '../../support/eventually.js';
import { KafkaRoom } from './kafka-room.js';

jest.setTimeout(120_000);

const TOPIC = 'log';
/** A fetch brings whole batches. */
const BATCH = 100;

function readerIn(
  room: KafkaRoom,
  ranges: readonly OffsetRange[],
  options: Partial<LogRangeReaderOptions> = {},
): LogRangeReader {
  return new LogRangeReader(
    { connection: room.connection(), topic: TOPIC, reader: 'test', ranges, ...options },
    room.context,
  );
}

/** Writes `count` values to a partition, `from` on. */
async function write(room: KafkaRoom, partition: number, from: number, count: number, bytes = 0): Promise<void> {
  const producer = room.kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, index) => ({
    partition,
    key: `${partition}`,
    value: String(from + index).padEnd(bytes, ' '),
    headers: { n: String(from + index) },
  }));
  for (let start = 0; start < count; start += BATCH)
    await producer.send({ topic: room.prefix + TOPIC, messages: messages.slice(start, start + BATCH) });
  await producer.disconnect();
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** By partition: what was read; and where reading would go on. */
async function readAll(reader: LogRangeReader, stopAfter = Infinity) {
  const values: Record<number, number[]> = {};
  const next: Record<number, number> = {};
  let expired = 0;
  let count = 0;
  for await (const stretch of reader.read()) {
    (values[stretch.partition] ??= []).push(...stretch.records.map(({ value }) => Number(String(value))));
    next[stretch.partition] = stretch.next;
    expired += stretch.expired;
    count += stretch.records.length;
    if (count >= stopAfter) break;
  }
  return { values, next, expired };
}

const groupsOf = async (room: KafkaRoom) =>
  (await room.admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith(room.prefix));

describe('a range of the log on a real Kafka', () => {
  it('is read from its offsets up to its ends, each record once and in order, and leaves no group behind', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 3);
    await write(room, 0, 0, 2_000);
    await write(room, 1, 0, 50);
    const reader = readerIn(room, [
      { partition: 0, next: 100, end: 1_900 },
      { partition: 1, next: 0, end: 50 },
      // Empty, and one that has not come so far: nothing would ever arrive.
      { partition: 2, next: 0, end: 0 },
    ]);
    const { values, next, expired } = await readAll(reader);
    expect(values).toEqual({ 0: numbers(100, 1_900), 1: numbers(0, 50) });
    expect(next).toEqual({ 0: 1_900, 1: 50 });
    expect(expired).toBe(0);
    expect(reader.remaining).toBe(0);
    expect(await groupsOf(room)).toEqual([]);
  });

  it('is read past a batch that cannot be unpacked', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 1);
    await write(room, 0, 0, 10);
    await using producer = await DirectProducer.to(room.prefix + TOPIC, 0);
    expect(await producer.sendBomb(300)).toBe(10);
    await write(room, 0, 11, 10);
    const records: [number, string | null][] = [];
    for await (const stretch of readerIn(room, [{ partition: 0, next: 0, end: 21 }]).read())
      records.push(...stretch.records.map(({ offset, key }) => [offset, key] as [number, string | null]));
    expect(records).toEqual(numbers(0, 21).map((offset) => [offset, offset === 10 ? null : '0']));
  });

  it('is nothing at once when all of it is empty', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 2);
    expect(await readAll(readerIn(room, [{ partition: 0, next: 0, end: 0 }]))).toEqual({
      values: {},
      next: {},
      expired: 0,
    });
    expect(await readAll(readerIn(room, []))).toMatchObject({ values: {} });
  });

  it('can be left anywhere and gone on with from there', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 2);
    await write(room, 0, 0, 3_000, 200);
    await write(room, 1, 0, 3_000, 200);
    let ranges: OffsetRange[] = [0, 1].map((partition) => ({ partition, next: 0, end: 3_000 }));
    const all: Record<number, number[]> = { 0: [], 1: [] };
    let rounds = 0;
    while (ranges.some(({ next, end }) => next < end)) {
      const { values, next } = await readAll(readerIn(room, ranges), 1_200);
      for (const [partition, read] of Object.entries(values)) all[Number(partition)]?.push(...read);
      ranges = ranges.map((range) => ({ ...range, next: next[range.partition] ?? range.next }));
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(1);
    expect(all).toEqual({ 0: numbers(0, 3_000), 1: numbers(0, 3_000) });
  });

  it('fetches no more than may wait while nobody takes', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 1);
    await write(room, 0, 0, 5_000, 1_000);
    const reader = readerIn(room, [{ partition: 0, next: 0, end: 5_000 }], { maxWaitingBytes: 128 * 1_024 });
    await using stretches = reader.read();
    const first = await stretches.next();
    // One more than was asked for may be on its way; the rest stays in Kafka.
    await eventually(
      async () => {
        const before = reader.remaining;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(reader.remaining).toBe(before);
      },
      { withinMs: 20_000 },
    );
    expect(reader.remaining).toBeGreaterThan(4_000);
    const read = [...(first.value?.records ?? [])].map(({ value }) => Number(String(value)));
    for await (const { records } of stretches) read.push(...records.map(({ value }) => Number(String(value))));
    expect(read).toEqual(numbers(0, 5_000));
  });

  it('passes over offsets without records: what a transaction leaves behind', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 1);
    const producer = room.kafka.producer({
      transactionalId: `${room.prefix}tx`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const outcome of ['commit', 'abort', 'commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: room.prefix + TOPIC, messages: [{ value: outcome === 'commit' ? '1' : '2' }] });
      await transaction[outcome]();
    }
    await producer.disconnect();
    // The markers are written behind the answer that tells of the end of a transaction.
    const end = await eventually(
      async () => {
        const [ends] = await room.admin.fetchTopicOffsets(room.prefix + TOPIC);
        expect(ends?.high).toBe('8');
        return Number(ends?.high);
      },
      { withinMs: 30_000 },
    );
    const { values, next } = await readAll(readerIn(room, [{ partition: 0, next: 0, end }]));
    expect(values).toEqual({ 0: [1, 1] });
    expect(next).toEqual({ 0: end });
  });

  it('begins where the log begins when retention has taken the rest, and says how much is lost', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 2);
    await write(room, 0, 0, 500);
    await write(room, 1, 0, 500);
    await room.admin.deleteTopicRecords({
      topic: room.prefix + TOPIC,
      partitions: [
        { partition: 0, offset: '200' },
        { partition: 1, offset: '500' },
      ],
    });
    const { values, next, expired } = await readAll(
      readerIn(room, [
        { partition: 0, next: 0, end: 500 },
        { partition: 1, next: 0, end: 400 },
      ]),
    );
    expect(values).toEqual({ 0: numbers(200, 500), 1: [] });
    expect(next).toEqual({ 0: 500, 1: 400 });
    expect(expired).toBe(600);
  });

  it('goes on when retention takes what it was about to read', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 1);
    await write(room, 0, 0, 5_000, 1_000);
    const reader = readerIn(room, [{ partition: 0, next: 0, end: 5_000 }], {
      maxWaitingBytes: 64 * 1_024,
      checkIntervalMs: 300,
    });
    const read: number[] = [];
    let expired = 0;
    let deleted = false;
    for await (const stretch of reader.read()) {
      read.push(...stretch.records.map(({ value }) => Number(String(value))));
      expired += stretch.expired;
      if (deleted) continue;
      deleted = true;
      await room.admin.deleteTopicRecords({
        topic: room.prefix + TOPIC,
        partitions: [{ partition: 0, offset: '4000' }],
      });
    }
    expect(expired).toBeGreaterThan(0);
    expect(read.length + expired).toBe(5_000);
    expect(new Set(read).size).toBe(read.length);
    expect(read.at(-1)).toBe(4_999);
  });

  it('ends on its signal, whatever it waits for', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 1);
    await write(room, 0, 0, 10);
    const stop = new AbortController();
    const reader = readerIn(room, [{ partition: 0, next: 0, end: 10 }], { signal: stop.signal });
    await using stretches = reader.read();
    await stretches.next();
    stop.abort();
    expect(await stretches.next()).toEqual({ done: true, value: undefined });
    const nowhere = new LogRangeReader(
      {
        connection: room.connection(['127.0.0.1:1']),
        topic: TOPIC,
        reader: 'test',
        ranges: [{ partition: 0, next: 0, end: 10 }],
        signal: stop.signal,
      },
      room.context,
    );
    expect(await readAll(nowhere)).toMatchObject({ values: {} });
  });
});

describe('a window of time', () => {
  it('is resolved to offsets, partition by partition, and ends where the log ends', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPIC, 2);
    const startMs = Date.now() - 60_000;
    const producer = room.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: room.prefix + TOPIC,
      messages: numbers(0, 30).map((index) => ({
        partition: 0,
        value: String(index),
        timestamp: String(startMs + index * 1_000),
      })),
    });
    await producer.disconnect();
    const window = (fromMs: number, toMs: number) =>
      offsetsOfWindow(room.connection(), { topic: TOPIC, fromMs, toMs }, room.context);
    expect(await window(startMs + 10_000, startMs + 20_000)).toEqual([
      { partition: 0, next: 10, end: 20 },
      { partition: 1, next: 0, end: 0 },
    ]);
    expect(await window(0, Date.now())).toEqual([
      { partition: 0, next: 0, end: 30 },
      { partition: 1, next: 0, end: 0 },
    ]);
    expect(await window(Date.now(), Date.now() + 1_000)).toEqual([
      { partition: 0, next: 30, end: 30 },
      { partition: 1, next: 0, end: 0 },
    ]);
  });
});
