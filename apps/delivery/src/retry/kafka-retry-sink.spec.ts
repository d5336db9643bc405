import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeDead, decodeDelivery, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { DEFAULT_SCHEDULE } from '@fleethook/retry';
import { DeadLetters } from '../forwarding/dead-letters.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeProducer } from '../testing/fake-producer.js';
import { deliveryMessage, FakeRecord } from '../testing/fake-record.js';
import { KafkaRetrySink } from './kafka-retry-sink.js';
import type { DeferralReason } from './retry-sink.js';
import { Tiers } from './tiers.js';

const { horizonMs } = DEFAULT_SCHEDULE;
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

describe('a delivery that is put off', () => {
  let clock: FakeClock;
  let producer: FakeProducer;
  let sink: KafkaRetrySink;

  beforeEach(() => {
    clock = new FakeClock();
    clock.nextRandom = 0.5;
    producer = new FakeProducer();
    const forwarder = new Forwarder(producer, clock, log);
    const metrics = createMetrics();
    const deadLetters = new DeadLetters(forwarder, clock, log, metrics);
    sink = new KafkaRetrySink(new Tiers(DEFAULT_SCHEDULE), forwarder, deadLetters, clock, metrics);
  });

  /** What is written, as it is read. */
  function written(message: DeliveryMessage, write: (record: FakeRecord) => void): DeliveryMessage {
    const record = new FakeRecord(message);
    producer.written.length = 0;
    write(record);
    const [topic = ''] = producer.topics;
    expect(record.state).toBe('settled');
    return decodeDelivery(producer.to(topic)[0] as never);
  }

  const defer = (message: DeliveryMessage, reason: DeferralReason): DeliveryMessage =>
    written(message, (record) => sink.defer(record, message, reason, 600_000));

  function putOff(how: 'defer' | 'postpone', waitMs: number) {
    const message = deliveryMessage({ attempt: 3, firstAttemptAtMs: clock.now(), notBeforeMs: 1 });
    const { attempt, reason, jitterMs, notBeforeMs, sinceMs } = written(message, (record) => {
      if (how === 'defer') sink.defer(record, message, 'breaker_open', waitMs);
      else sink.postpone(record, message, 'rate_limited', waitMs);
    });
    const [topic = ''] = producer.topics;
    expect([attempt, sinceMs]).toEqual([3, undefined]);
    return { topic, reason, jitterMs, inMs: notBeforeMs === undefined ? undefined : notBeforeMs - clock.now() };
  }

  it('for about a time waits in the tier that is at least as long', () => {
    const reason = 'breaker_open';
    expect(putOff('defer', 30_000)).toEqual({ topic: 'webhook.retry.30s', reason, jitterMs: 1_500, inMs: undefined });
    expect(putOff('defer', 30_001)).toMatchObject({ topic: 'webhook.retry.2m' });
    expect(putOff('defer', 600_000)).toMatchObject({ topic: 'webhook.retry.10m' });
  });

  it('to a moment waits for exactly that, in tiers that are over before', () => {
    const reason = 'rate_limited';
    expect(putOff('postpone', 40_000.2)).toEqual({
      topic: 'webhook.retry.30s',
      reason,
      jitterMs: undefined,
      inMs: 40_001,
    });
    expect(putOff('postpone', 3)).toMatchObject({ topic: 'webhook.retry.5s', inMs: 3 });
    expect(putOff('postpone', 3_600_000)).toMatchObject({ topic: 'webhook.retry.1h' });
  });

  it('is final from its horizon on', () => {
    const message = deliveryMessage({ attempt: 2, firstAttemptAtMs: clock.now() });
    clock.advance(horizonMs - 1);
    expect(sink.isFinal(message)).toBe(false);
    clock.advance(1);
    expect(sink.isFinal(message)).toBe(true);
  });

  describe('and was never tried', () => {
    it('has its horizon from when an open breaker put it off first, and not from when it was accepted', () => {
      const fresh = deliveryMessage({ acceptedAtMs: 1, series: 'resent' });
      expect(sink.isFinal(fresh)).toBe(false);
      const startMs = clock.now();
      let message = defer(fresh, 'breaker_open');
      clock.advance(horizonMs - 1);
      message = defer(message, 'breaker_open');
      expect([message.sinceMs, sink.isFinal(message)]).toEqual([startMs, false]);
      clock.advance(1);
      expect([sink.isFinal(message), sink.isOver(message)]).toEqual([true, false]);
      clock.advance(1_200_000);
      expect([sink.isFinal(message), sink.isOver(message)]).toEqual([true, true]);
    });

    it('has none from what it waits for otherwise: its rate, its turn', () => {
      const full = defer(deliveryMessage(), 'lane_full');
      const limited = written(full, (record) => sink.postpone(record, full, 'rate_limited', 600_000));
      clock.advance(horizonMs * 2);
      expect([full.sinceMs, limited.sinceMs, sink.isFinal(limited)]).toEqual([undefined, undefined, false]);
    });

    it('keeps it while it waits for something else, and has that of its first attempt from then on', () => {
      const held = defer(deliveryMessage(), 'breaker_open');
      clock.advance(1_000);
      expect(defer(held, 'lane_full').sinceMs).toBe(held.sinceMs);
      const firstAttemptAtMs = clock.now();
      const next = { kind: 'retry', tierMs: 5_000, jitterMs: 0, dueAtMs: firstAttemptAtMs + 5_000 } as const;
      const retry = decodeDelivery(sink.retryOf(held, next, firstAttemptAtMs, 'http_status:500') as never);
      expect(retry).toMatchObject({ firstAttemptAtMs, sinceMs: undefined });
    });

    it('can end without an attempt: it is dead, whole', () => {
      const message = deliveryMessage({ sinceMs: 7 });
      sink.end(new FakeRecord(message), message);
      expect(producer.to(TOPICS.dead.name).map(decodeDead)).toMatchObject([
        { deadReason: 'horizon_reached', delivery: { event: message.event, sinceMs: 7, body: message.body } },
      ]);
    });
  });
});
