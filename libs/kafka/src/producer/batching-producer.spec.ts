import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { KafkaError } from '../client/kafka-error.js';
import type { KafkaContext } from '../kafka-context.js';
import { BatchingProducer } from './batching-producer.js';
import { ProduceClient, type PartitionReply, type PreparedBatch } from './produce-client.js';

const NOT_LEADER = 6;
const TOO_LARGE = 10;
const TOPIC_AUTHORIZATION_FAILED = 29;

type Answer = (batches: readonly PreparedBatch[]) => Promise<readonly PartitionReply[]> | readonly PartitionReply[];

const code = (errorCode: number) => (batches: readonly PreparedBatch[]) =>
  batches.map(({ topic, partition }) => ({ topicName: topic, partition, errorCode }));
const written = code(0);

/** Kafka, as far as a producer sees it: answers by script, then with success. */
class ScriptedKafka extends ProduceClient {
  readonly calls: (readonly PreparedBatch[])[] = [];
  script: Answer[] = [];
  lookUps = 0;
  partitions: number | Error = 4;

  async connect(): Promise<void> {}
  async close(): Promise<void> {}

  isAwaited: (() => boolean) | undefined;

  async produce(batches: readonly PreparedBatch[], isAwaited?: () => boolean): Promise<readonly PartitionReply[]> {
    this.calls.push(batches);
    this.isAwaited = isAwaited;
    return (this.script.shift() ?? written)(batches);
  }

  async partitionsOf(): Promise<number> {
    this.lookUps += 1;
    if (this.partitions instanceof Error) throw this.partitions;
    return this.partitions;
  }
}

const log = createLog({ app: 'spec', level: 'silent', format: 'json' });
const connection = { brokers: [], clientId: 'spec', prefix: 'p.', replicationFactor: 1, sessionTimeoutMs: 30_000 };

const record = (key = 'k', value = 'v', partition?: number) => ({
  topic: 't',
  key,
  value,
  headers: {},
  ...(partition === undefined ? {} : { partition }),
});

const codeOf = (sending: Promise<void>) =>
  sending.then(
    () => 'done',
    (error: unknown) => (error instanceof KafkaError ? error.code : error),
  );

/** A broker that takes no batch with the marker in it. */
const refusing: Answer = (batches) =>
  batches.map(({ topic, partition, bytes }) => ({
    topicName: topic,
    partition,
    errorCode: bytes.includes('TOO LARGE') ? TOO_LARGE : 0,
  }));

describe('batching producer', () => {
  let kafka: ScriptedKafka;
  let context: KafkaContext;
  let producer: BatchingProducer;

  const make = (options: object = {}) =>
    new BatchingProducer({ connection, maxQueuedBytes: 1_000_000, ...options }, context, kafka);
  const metric = async (name: 'producerMissing' | 'producerSplits' | 'producerQueuedBytes') =>
    (await context.metrics[name].get()).values[0]?.value;

  beforeEach(() => {
    context = { log, metrics: createMetrics(), readiness: new Readiness() };
    kafka = new ScriptedKafka();
    producer = make();
  });

  afterEach(async () => {
    jest.useRealTimers();
    await producer.close();
  });

  it('does not send what is somebody else’s to write by then, and sends the others', async () => {
    const source = { mayForward: true };
    const sending = [
      producer.send({ ...record('a', 'mine', 0), onlyWhile: source }),
      producer.send(record('b', 'kept', 0)),
    ];
    const alone = producer.send({ ...record('c', 'mine, too', 1), onlyWhile: source });
    source.mayForward = false;
    expect(await Promise.all([...sending, alone].map(codeOf))).toEqual([
      'RECORD_WITHDRAWN',
      'done',
      'RECORD_WITHDRAWN',
    ]);
    expect(kafka.calls.flat().map(({ partition, bytes }) => [partition, bytes.includes('kept')])).toEqual([[0, true]]);
    expect(kafka.calls.flat().some(({ bytes }) => bytes.includes('mine'))).toBe(false);
    expect(producer.queuedBytes).toBe(0);
  });

  it('does not send it another time either, and sends again what was in its company', async () => {
    const source = { mayForward: true };
    const { promise: answer, reject: fail } = Promise.withResolvers<readonly PartitionReply[]>();
    kafka.script = [() => answer];
    const sending = [
      producer.send({ ...record('a', 'mine', 0), onlyWhile: source }),
      producer.send(record('b', 'kept', 0)),
      producer.send(record('c', 'kept, too', 1)),
    ].map(codeOf);
    await new Promise(setImmediate);
    expect(kafka.isAwaited?.()).toBe(true);
    source.mayForward = false;
    expect(kafka.isAwaited?.()).toBe(false);
    fail(new Error('not sent another time'));
    expect(await Promise.all(sending)).toEqual(['RECORD_WITHDRAWN', 'done', 'done']);
    const again = kafka.calls.slice(1).flat();
    expect(new Set(again.map(({ partition }) => partition))).toEqual(new Set([0, 1]));
    expect(again.some(({ bytes }) => bytes.includes('mine'))).toBe(false);
    expect(producer.queuedBytes).toBe(0);
  });

  it('sends what comes in one turn of the event loop as one call, one batch per partition, with the prefix', async () => {
    await Promise.all([0, 1, 0, 1].map((partition) => producer.send(record('k', 'v', partition))));
    expect(kafka.calls.map((call) => call.map(({ topic, partition }) => `${topic}/${partition}`))).toEqual([
      ['p.t/0', 'p.t/1'],
    ]);
    expect(producer.queuedBytes).toBe(0);
  });

  it('waits for company when told to, even while idle', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
    producer = make({ lingerWhenIdle: true, lingerMs: 20 });
    const sending = [producer.send(record('a', 'v', 0)), producer.send(record('b', 'v', 0))];
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(kafka.calls).toHaveLength(0);
    jest.advanceTimersByTime(20);
    await Promise.all(sending);
    expect(kafka.calls).toHaveLength(1);
  });

  it('asks once how many partitions a topic has, however many records wait for it', async () => {
    await Promise.all([producer.send(record('a')), producer.send(record('b'))]);
    await producer.send(record('c'));
    expect(kafka.lookUps).toBe(1);
  });

  it('gives records of a topic that is not there back', async () => {
    kafka.partitions = Object.assign(new Error('no'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    expect(await codeOf(producer.send(record()))).toBe('TOPIC_UNKNOWN');
    kafka.partitions = new Error('closed');
    expect(await codeOf(producer.send(record()))).toBe('KAFKA_UNAVAILABLE');
    expect(producer.queuedBytes).toBe(0);
  });

  it('sends a partition again that the reply leaves out, and counts it', async () => {
    kafka.script = [([first]) => written(first === undefined ? [] : [first])];
    await Promise.all([producer.send(record('k', 'v', 0)), producer.send(record('k', 'v', 1))]);
    expect(kafka.calls.map((call) => call.map(({ partition }) => partition))).toEqual([[0, 1], [1]]);
    expect(await metric('producerMissing')).toBe(1);
  });

  it('sends only the partition again whose leader moved', async () => {
    kafka.script = [
      (batches) =>
        batches.map(({ topic, partition }) => ({ topicName: topic, partition, errorCode: partition * NOT_LEADER })),
    ];
    await Promise.all([producer.send(record('k', 'v', 0)), producer.send(record('k', 'v', 1))]);
    expect(kafka.calls.map((call) => call.map(({ partition }) => partition))).toEqual([[0, 1], [1]]);
  });

  it('sends it again alone: the client finds the new leader only when nothing of a call is written', async () => {
    const stale: Answer = (batches) => {
      // There is always more to send.
      for (const partition of [1, 2]) producer.enqueue(record('k', 'v', partition), () => {});
      const isFound = batches.every(({ partition }) => partition === 0);
      return batches.map(({ topic, partition }) => ({
        topicName: topic,
        partition,
        errorCode: partition === 0 && !isFound ? NOT_LEADER : 0,
      }));
    };
    kafka.script = Array.from({ length: 10 }, () => stale);
    producer.enqueue(record('k', 'v', 1), () => {});
    expect(await codeOf(producer.send(record('k', 'v', 0)))).toBe('done');
    expect(kafka.calls.filter((call) => call.some(({ partition }) => partition === 0))).toHaveLength(2);
  });

  it('shows 0 for what has not failed yet', async () => {
    make({ topics: ['one', 'two'] });
    expect([await metric('producerMissing'), await metric('producerSplits')]).toEqual([0, 0]);
    const { values } = await context.metrics.producerFailures.get();
    expect(values).toEqual(['one', 'two'].map((topic) => ({ labels: { topic }, value: 0 })));
  });

  it('gives up on a partition that is never written', async () => {
    kafka.script = Array.from({ length: 20 }, () => () => []);
    expect(await codeOf(producer.send(record('k', 'v', 0)))).toBe('KAFKA_UNAVAILABLE');
    expect(kafka.calls).toHaveLength(5);
  });

  it('bisects down to the record that is too large, and only that one fails', async () => {
    kafka.script = Array.from({ length: 50 }, () => refusing);
    const results = await Promise.all(
      Array.from({ length: 9 }, (_, i) => codeOf(producer.send(record('k', i === 6 ? 'TOO LARGE' : `v${i}`, 0)))),
    );
    expect(results).toEqual(Array.from({ length: 9 }, (_, i) => (i === 6 ? 'RECORD_TOO_LARGE' : 'done')));
    expect(await metric('producerSplits')).toBe(3);
    expect(producer.queuedBytes).toBe(0);
  });

  it('gives every record of a call back once the client has given up, or the broker refuses', async () => {
    kafka.script = [() => Promise.reject(new Error('retries exceeded'))];
    expect(await Promise.all([codeOf(producer.send(record('a'))), codeOf(producer.send(record('b')))])).toEqual([
      'KAFKA_UNAVAILABLE',
      'KAFKA_UNAVAILABLE',
    ]);
    kafka.script = [code(TOPIC_AUTHORIZATION_FAILED)];
    expect(await codeOf(producer.send(record('a')))).toBe('KAFKA_UNAVAILABLE');
    expect(await codeOf(producer.send(record('a')))).toBe('done');
  });

  it('takes no more bytes than its bound, and takes again when they are acknowledged', async () => {
    producer = make({ maxQueuedBytes: 2_000 });
    const first = producer.send(record('k', 'x'.repeat(1_500), 0));
    expect(await codeOf(producer.send(record('k', 'x'.repeat(600), 0)))).toBe('PRODUCER_QUEUE_FULL');
    expect(await codeOf(producer.send(record('k', 'x'.repeat(3_000), 0)))).toBe('RECORD_TOO_LARGE');
    await first;
    expect(await codeOf(producer.send(record('k', 'x'.repeat(600), 0)))).toBe('done');
  });

  it('tells a full queue before enqueue returns', () => {
    producer = make({ maxQueuedBytes: 100 });
    const told: (KafkaError | undefined)[] = [];
    producer.enqueue(record('k', 'x'.repeat(80), 0), (error) => told.push(error));
    producer.enqueue(record('k', 'x'.repeat(80), 0), (error) => told.push(error));
    expect(told.map((error) => error?.code)).toEqual(['PRODUCER_QUEUE_FULL']);
  });

  it('has at most four calls under way', async () => {
    const open: (() => void)[] = [];
    kafka.script = Array.from(
      { length: 6 },
      () => (batches) => new Promise((resolve) => open.push(() => resolve(written(batches)))),
    );
    // 500 records fill a batch, so each goes without waiting for the linger.
    const sending = Array.from({ length: 3_000 }, () => producer.send(record('k', 'v', 0)));
    while (open.length < 4) await new Promise(setImmediate);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(open).toHaveLength(4);
    while (kafka.calls.length < 6 || open.length > 0) {
      open.shift()?.();
      await new Promise(setImmediate);
    }
    await Promise.all(sending);
    expect(kafka.calls).toHaveLength(6);
  });

  it('gives back what is not acknowledged in time, and lets a late answer pass', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    producer = make({ deliveryTimeoutMs: 5_000 });
    const answers: (() => void)[] = [];
    kafka.script = [(batches) => new Promise((resolve) => answers.push(() => resolve(written(batches))))];
    const sending = codeOf(producer.send(record('k', 'v', 0)));
    while (answers.length === 0) await new Promise(setImmediate);
    expect(kafka.isAwaited?.()).toBe(true);
    jest.advanceTimersByTime(7_000);
    expect(await sending).toBe('KAFKA_UNAVAILABLE');
    expect(kafka.isAwaited?.()).toBe(false);
    expect(producer.queuedBytes).toBe(0);
    answers[0]?.();
    await producer.flush();
    expect(producer.queuedBytes).toBe(0);
  });

  it('tells the others when one callback throws', async () => {
    producer.enqueue(record('k', 'v', 0), () => {
      throw new Error('a caller');
    });
    expect(await codeOf(producer.send(record('k', 'v', 0)))).toBe('done');
  });

  it('closes once all is acknowledged, and takes nothing more', async () => {
    const told: unknown[] = [];
    producer.enqueue(record('k', 'v', 0), (error) => told.push(error));
    await producer.close();
    expect(told).toEqual([undefined]);
    expect(await codeOf(producer.send(record()))).toBe('PRODUCER_CLOSED');
  });
});
