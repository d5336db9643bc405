import { describe, expect, it } from '@jest/globals';
import { decodeDelivery } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { DEFAULT_SCHEDULE } from '@fleethook/retry';
import { Forwarder } from '../forwarding/forwarder.js';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeProducer } from '../testing/fake-producer.js';
import { deliveryMessage, FakeRecord } from '../testing/fake-record.js';
import { KafkaRetrySink } from './kafka-retry-sink.js';
import { Tiers } from './tiers.js';

const log = createLog({ app: 'test', level: 'silent', format: 'json' });

describe('a delivery that is put off', () => {
  const clock = new FakeClock();
  clock.nextRandom = 0.5;

  function putOff(how: 'defer' | 'postpone', waitMs: number) {
    const producer = new FakeProducer();
    const sink = new KafkaRetrySink(
      new Tiers(DEFAULT_SCHEDULE),
      new Forwarder(producer, clock, log),
      clock,
      createMetrics(),
    );
    const message = deliveryMessage({ attempt: 3, firstAttemptAtMs: clock.now(), notBeforeMs: 1 });
    const record = new FakeRecord(message);
    if (how === 'defer') sink.defer(record, message, 'breaker_open', waitMs);
    else sink.postpone(record, message, 'rate_limited', waitMs);
    const [topic = ''] = producer.topics;
    const { attempt, reason, jitterMs, notBeforeMs } = decodeDelivery(producer.to(topic)[0] as never);
    expect([record.state, attempt]).toEqual(['settled', 3]);
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
    const ofHorizon = new FakeClock();
    const sink = new KafkaRetrySink(
      new Tiers(DEFAULT_SCHEDULE),
      new Forwarder(new FakeProducer(), ofHorizon, log),
      ofHorizon,
      createMetrics(),
    );
    const message = deliveryMessage({ attempt: 2, firstAttemptAtMs: ofHorizon.now() });
    ofHorizon.advance(DEFAULT_SCHEDULE.horizonMs - 1);
    expect(sink.isFinal(message)).toBe(false);
    ofHorizon.advance(1);
    expect(sink.isFinal(message)).toBe(true);
    expect(sink.isFinal(deliveryMessage())).toBe(false);
  });
});
