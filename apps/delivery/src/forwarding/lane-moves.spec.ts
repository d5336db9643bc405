import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeDelivery, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeProducer } from '../testing/fake-producer.js';
import { deliveryMessage, FakeRecord } from '../testing/fake-record.js';
import { FakeRetrySink } from '../testing/lane-world.js';
import { Forwarder } from './forwarder.js';
import { LaneMoves } from './lane-moves.js';

describe('a delivery in a lane that is not its own', () => {
  let producer: FakeProducer;
  let retries: FakeRetrySink;
  let moves: LaneMoves;

  beforeEach(() => {
    producer = new FakeProducer();
    retries = new FakeRetrySink();
    const log = createLog({ app: 'test', level: 'silent', format: 'json' });
    moves = new LaneMoves(new Forwarder(producer, new FakeClock(), log), retries, createMetrics());
  });

  it('goes to its own at once, whole, and uses up no attempt', () => {
    const message = deliveryMessage({ attempt: 3, firstAttemptAtMs: 7, series: 's', reason: 'http_status:500' });
    const record = new FakeRecord(message);
    moves.put(record, message, 5);
    const [moved] = producer.to(TOPICS.deliveries.name);
    if (moved === undefined) throw new Error('nothing was written');
    expect(moved.key).toBe(`${message.webhook}#5`);
    expect(decodeDelivery(moved)).toEqual({ ...message, lane: 5, reason: 'lane_moved' });
    expect([record.state, retries.deferred.length]).toEqual(['settled', 0]);
  });

  it('is not moved to and fro by two processes that disagree: a tier is between', () => {
    const message = deliveryMessage({ lane: 5, reason: 'lane_moved' });
    moves.put(new FakeRecord(message), message, 1);
    expect(producer.written).toEqual([]);
    expect(retries.deferred).toMatchObject([{ message: { lane: 1, attempt: 1 }, reason: 'lane_moved' }]);
  });

  it('is left alone when it is somebody else’s record by now', () => {
    const message = deliveryMessage();
    const record = new FakeRecord(message);
    record.mayBegin = false;
    moves.put(record, message, 2);
    expect(producer.written).toEqual([]);
  });
});
