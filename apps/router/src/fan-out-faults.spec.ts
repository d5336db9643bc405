import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KafkaError } from '@fleethook/kafka';
import { decodeDead } from '@fleethook/messages';
import { asRead, eventRecord, FanOutWorld, organization, ScriptedRecord } from './testing/fan-out-world.js';

describe('FanOut, when something is wrong', () => {
  let here: FanOutWorld;

  beforeEach(() => {
    jest.useFakeTimers();
    here = new FanOutWorld();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each(['KAFKA_UNAVAILABLE', 'PRODUCER_QUEUE_FULL', 'TOPIC_UNKNOWN'] as const)(
    'sends again what failed with %s, only that, until it is acknowledged',
    (code) => {
      const [, webhook] = [here.subscribe(), here.subscribe()];
      const record = eventRecord();
      here.fanOut.offer([record]);
      const [first, second] = here.producer.sent.splice(0);
      first?.onDone(undefined);
      second?.onDone(new KafkaError(code, 'test'));
      for (let tries = 0; tries < 10; tries++) {
        jest.advanceTimersByTime(5_000);
        expect(here.producer.sent.map((one) => one.record.key)).toEqual([webhook]);
        expect(record.calls).toEqual(['begin']);
        if (tries < 9) here.producer.answerAll(new KafkaError(code, 'test'));
      }
      here.producer.answerAll();
      expect(record.calls).toEqual(['begin', 'settle']);
    },
  );

  it('waits longer each time that Kafka refuses, up to a bound', () => {
    here.subscribe();
    here.fanOut.offer([eventRecord()]);
    const waits: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      here.producer.answerAll(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
      const startedAtMs = Date.now();
      jest.advanceTimersToNextTimer();
      waits.push(Date.now() - startedAtMs);
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(5_000);
  });

  it('survives a producer that refuses from within', () => {
    here.subscribe();
    here.producer.refusal = new KafkaError('PRODUCER_QUEUE_FULL', 'test');
    const records = [eventRecord(), eventRecord(), eventRecord()];
    here.fanOut.offer(records);
    jest.advanceTimersByTime(60_000);
    here.producer.refusal = undefined;
    jest.advanceTimersByTime(5_000);
    here.producer.answerAll();
    for (const record of records) expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('forwards nothing once another process may own the record: it is abandoned', () => {
    here.subscribe();
    here.subscribe();
    const record = eventRecord();
    here.fanOut.offer([record]);
    record.mayForward = false;
    const [first, second] = here.producer.sent.splice(0);
    first?.onDone(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
    second?.onDone(undefined);
    jest.advanceTimersByTime(60_000);
    expect(here.producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it('does not send again what was lost while it waited to be', () => {
    here.subscribe();
    const record = eventRecord();
    here.fanOut.offer([record]);
    here.producer.answerAll(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
    record.mayForward = false;
    jest.advanceTimersByTime(60_000);
    expect(here.producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it.each([
    ['goes on when it was not', true, 'settle'],
    ['abandons it when it was', false, 'abandon'],
  ])('sends nothing of an event that may have been taken over unseen, and %s', (_what, isOurs, end) => {
    here.subscribe();
    here.subscribe();
    const record = eventRecord();
    here.fanOut.offer([record]);
    const [first, second] = here.producer.sent.splice(0);
    first?.onDone(undefined);
    second?.onDone(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
    record.isSure = false;
    jest.advanceTimersByTime(60_000);
    expect([here.producer.sent, record.calls]).toEqual([[], ['begin']]);
    record.beSure(isOurs);
    here.producer.answerAll();
    expect(record.calls).toEqual(['begin', end]);
  });

  it('abandons, rather than settles, what a closed producer did not take', () => {
    here.subscribe();
    here.producer.refusal = new KafkaError('PRODUCER_CLOSED', 'test');
    const record = eventRecord();
    here.fanOut.offer([record]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it('parks a delivery that no topic takes, cut, with where it was read', () => {
    here.subscribe();
    const record = eventRecord();
    here.fanOut.offer([record]);
    here.producer.answerAll(new KafkaError('RECORD_TOO_LARGE', 'test'));
    const [parked] = here.producer.sent.map((one) => one.record);
    expect(parked?.topic).toBe('webhook.dead');
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({
      kind: 'record',
      deadReason: 'too_large',
      source: { topic: 'fleet.events', partition: 3, offset: 7 },
    });
    here.producer.answerAll();
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('parks a record that cannot be read, whole, and settles it when the dead letter is acknowledged', () => {
    const record = new ScriptedRecord({ key: 'k', value: 'what is this', headers: { v: '99' } }, 41);
    here.fanOut.offer([record]);
    const [parked] = here.producer.sent.map((one) => one.record);
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({
      kind: 'record',
      deadReason: 'undecodable',
      detail: expect.stringContaining('99'),
      source: { topic: 'fleet.events', partition: 3, offset: 41 },
      raw: Buffer.from('what is this'),
    });
    expect(record.calls).toEqual(['begin']);
    here.producer.answerAll();
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('parks a record whose reading fails in a way that nobody foresaw, and goes on with the one behind it', () => {
    here.subscribe();
    const [strange, next] = [eventRecord(), eventRecord()];
    Object.defineProperty(strange, 'headers', {
      get: () => {
        throw new RangeError('Maximum call stack size exceeded');
      },
    });
    here.fanOut.offer([strange, next]);
    expect(here.producer.sent.map((one) => one.record.topic)).toEqual(['webhook.dead', 'webhook.deliveries']);
    here.producer.answerAll();
    for (const record of [strange, next]) expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('parks a record whose matching fails in a way that nobody foresaw', () => {
    jest.spyOn(here.subscriptions, 'match').mockImplementation(() => {
      throw new RangeError('Maximum call stack size exceeded');
    });
    const record = eventRecord();
    here.fanOut.offer([record]);
    expect(here.producer.sent.map((one) => one.record.topic)).toEqual(['webhook.dead']);
    here.producer.answerAll();
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('says of an event that is too large that it is', () => {
    const sent = new ScriptedRecord({
      key: 'k',
      value: `{"note":"${'x'.repeat(2_000_000)}"}`,
      headers: { organization },
    });
    here.fanOut.offer([sent]);
    const [parked] = here.producer.sent.map((one) => one.record);
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({ deadReason: 'too_large' });
  });

  it('abandons an event that is lost while its deliveries wait for room', () => {
    for (let webhooks = 0; webhooks < 12_000; webhooks++) here.subscribe();
    const [large, next] = [eventRecord(), eventRecord()];
    here.fanOut.offer([large, next]);
    large.mayForward = false;
    here.producer.answerAll();
    expect(large.calls).toEqual(['begin', 'abandon']);
    expect(here.producer.sent.length).toBeGreaterThan(0);
    while (here.producer.sent.length > 0) here.producer.answerAll();
    expect(next.calls).toEqual(['begin', 'settle']);
  });
});
