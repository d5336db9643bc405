import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeDead, encodeDelivery, TOPICS } from '@fleethook/messages';
import { createLog } from '@fleethook/observability';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeProducer } from '../testing/fake-producer.js';
import { deliveryMessage, FakeRecord } from '../testing/fake-record.js';
import { Forwarder } from './forwarder.js';

const RETRY = 'webhook.retry.5s';
const log = createLog({ app: 'test', level: 'silent', format: 'json' });
const retry = { topic: RETRY, ...encodeDelivery(deliveryMessage({ attempt: 2 })) };
const attempt = { topic: TOPICS.attempts.name, key: 'k', value: '{}', headers: {} };

describe('forwarding', () => {
  let clock: FakeClock;
  let producer: FakeProducer;
  let forwarder: Forwarder;
  let record: FakeRecord;
  let settled: boolean[];

  beforeEach(() => {
    clock = new FakeClock();
    producer = new FakeProducer();
    forwarder = new Forwarder(producer, clock, log);
    record = new FakeRecord(deliveryMessage());
    record.begin();
    settled = [];
  });

  const forward = () => forwarder.forward(record, [retry, attempt], (is) => settled.push(is));

  it('settles once everything is acknowledged, not before', () => {
    producer.holds = true;
    forward();
    expect(record.state).toBe('begun');
    producer.release();
    expect(record.state).toBe('settled');
    expect(settled).toEqual([true]);
  });

  it('settles only when both are: one refused keeps the record', () => {
    producer.refuses.set(TOPICS.attempts.name, 'KAFKA_UNAVAILABLE');
    forward();
    expect([record.state, producer.topics]).toEqual(['begun', [RETRY]]);
    clock.advance(60_000);
    expect(record.state).toBe('begun');
    producer.refuses.clear();
    clock.advance(5_000);
    expect([record.state, producer.topics]).toEqual(['settled', [RETRY, TOPICS.attempts.name]]);
  });

  it('tries for as long as Kafka is away, later and later, with one timer', () => {
    producer.refuses.set('*', 'PRODUCER_QUEUE_FULL');
    const others = Array.from({ length: 50 }, () => new FakeRecord(deliveryMessage()));
    for (const other of others) {
      other.begin();
      forwarder.forward(other, [retry]);
    }
    expect(clock.timersInMs).toEqual([100]);
    clock.advance(600_000);
    expect(clock.timersInMs[0]).toBeLessThanOrEqual(5_000);
    expect(forwarder.waiting).toBe(50);
    producer.refuses.clear();
    clock.advance(5_000);
    expect(others.map(({ state }) => state)).toEqual(others.map(() => 'settled'));
    expect(clock.timersInMs).toEqual([]);
  });

  it('gives a failure back once the record may belong to another', () => {
    producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    forward();
    record.mayForward = false;
    clock.advance(5_000);
    expect([record.state, settled, producer.topics]).toEqual(['abandoned', [false], []]);
  });

  it.each([
    ['sends it when it was not', true, 'settled', [RETRY, TOPICS.attempts.name]],
    ['gives it back when it was', false, 'abandoned', []],
  ])('holds a failure while the record may have been taken over unseen, and %s', (_what, isOurs, state, topics) => {
    record.isSure = false;
    forward();
    clock.advance(60_000);
    expect([record.state, producer.topics]).toEqual(['begun', []]);
    record.beSure(isOurs);
    expect([record.state, settled, producer.topics]).toEqual([state, [isOurs], topics]);
  });

  it('holds what Kafka refused as well: it may come back before we know', () => {
    producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    forward();
    record.isSure = false;
    producer.refuses.clear();
    clock.advance(60_000);
    expect([record.state, producer.topics]).toEqual(['begun', []]);
    record.beSure(false);
    expect([record.state, producer.topics]).toEqual(['abandoned', []]);
  });

  it('does not wait for anybody to report a success', () => {
    record.isSure = false;
    forwarder.report(record, attempt);
    expect([record.state, producer.topics]).toEqual(['settled', [TOPICS.attempts.name]]);
  });

  it('reports a success whoever owns the record', () => {
    producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    record.mayForward = false;
    forwarder.report(record, attempt);
    clock.advance(5_000);
    producer.refuses.clear();
    clock.advance(5_000);
    expect([record.state, producer.topics]).toEqual(['settled', [TOPICS.attempts.name]]);
  });

  it('parks what is too large with its beginning, and blocks rather than lose it', () => {
    const large = deliveryMessage({ body: Buffer.alloc(100_000, 'x') });
    record = new FakeRecord(large, 42);
    record.begin();
    producer.refuses.set(RETRY, 'RECORD_TOO_LARGE');
    forward();
    expect(record.state).toBe('settled');
    const [dead] = producer.to(TOPICS.dead.name).map(decodeDead);
    expect(dead).toMatchObject({
      kind: 'record',
      deadReason: 'too_large',
      source: { topic: 'webhook.deliveries', offset: 42 },
    });
    expect(dead?.kind === 'record' ? dead.raw?.length : 0).toBe(16 * 1_024);
  });

  it('gives back what waits when it is closed', () => {
    producer.refuses.set('*', 'KAFKA_UNAVAILABLE');
    forward();
    forwarder.close();
    expect([record.state, clock.timersInMs]).toEqual(['abandoned', []]);
  });

  it('gives back at once what a closed producer refuses', () => {
    producer.refuses.set('*', 'PRODUCER_CLOSED');
    forward();
    expect([record.state, settled]).toEqual(['abandoned', [false]]);
  });
});
