import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventTypes, newOrganizationPrn, newPrn, organizationOf, parseEventName, type Prn } from '@fleethook/events';
import { KafkaError, RecordProducer, type KafkaRecord, type OutgoingRecord, type RecordDone } from '@fleethook/kafka';
import { SubscriptionIndex } from '@fleethook/matching';
import {
  decodeDead,
  decodeDelivery,
  encodeEvent,
  EventReader,
  type EncodedRecord,
  type RecordToSend,
} from '@fleethook/messages';
import { createLog, createMetrics, Tracing } from '@fleethook/observability';
import { EventRouter } from './event-router.js';
import { EventTracing } from './event-tracing.js';
import { FanOut } from './fan-out.js';

const organization = newOrganizationPrn();
const CONNECTED = parseEventName('device.connected');

/** A record of the engine, as a script: whether it may begin, and what became of it. */
class ScriptedRecord implements KafkaRecord {
  readonly topic = 'fleet.events';
  readonly partition = 3;
  readonly timestampMs = 1_700_000_000_000;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: EncodedRecord['headers'];
  mayBegin = true;
  mayForward = true;
  readonly calls: string[] = [];

  constructor(
    to: RecordToSend,
    readonly offset = 7,
  ) {
    this.key = to.key;
    this.value = to.value === null ? null : Buffer.from(to.value);
    this.headers = to.headers;
  }

  begin(): boolean {
    this.calls.push('begin');
    return this.mayBegin;
  }

  settle(): void {
    this.calls.push('settle');
  }

  abandon(): void {
    this.calls.push('abandon');
  }
}

class ScriptedProducer extends RecordProducer {
  readonly sent: { record: OutgoingRecord; onDone: RecordDone }[] = [];
  /** Refuses at once, from within `enqueue`, while it is set. */
  refusal: KafkaError | undefined;

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    if (this.refusal !== undefined) onDone(this.refusal);
    else this.sent.push({ record, onDone });
  }

  answerAll(error?: KafkaError): void {
    for (const { onDone } of this.sent.splice(0)) onDone(error);
  }
}

function eventRecord(event: Prn<'event'> = newPrn(organization, 'event'), offset?: number): ScriptedRecord {
  const body = Buffer.from('{"version":1}');
  return new ScriptedRecord(
    encodeEvent({ event, name: CONNECTED, acceptedAtMs: 1_699_999_999_000, body }, undefined),
    offset,
  );
}

function asRead(record: OutgoingRecord): EncodedRecord {
  return new ScriptedRecord(record);
}

describe('FanOut', () => {
  let producer: ScriptedProducer;
  let subscriptions: SubscriptionIndex;
  let fanOut: FanOut;
  const metrics = createMetrics();
  const log = createLog({ app: 'test', level: 'silent', format: 'json' });

  beforeEach(() => {
    jest.useFakeTimers();
    producer = new ScriptedProducer();
    subscriptions = new SubscriptionIndex();
    const reader = new EventReader(new EventTypes());
    const tracing = new EventTracing(Tracing.off);
    fanOut = new FanOut(new EventRouter(reader, subscriptions, tracing, log, metrics), producer, log);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function subscribe(lanes = 1): Prn<'webhook'> {
    const prn = newPrn(organization, 'webhook');
    subscriptions.set({ prn, organization, enabledEvents: [CONNECTED], state: 'enabled', lanes });
    return prn;
  }

  it('makes one delivery for each subscribed webhook, of the same bytes', () => {
    const webhooks = [subscribe(), subscribe(), subscribe()];
    const record = eventRecord();
    fanOut.offer([record]);
    const sent = producer.sent.map((one) => one.record);
    expect(sent.map(({ topic }) => topic)).toEqual(webhooks.map(() => 'webhook.deliveries'));
    expect(sent.map((one) => decodeDelivery(asRead(one)))).toEqual(
      webhooks.map((webhook) =>
        expect.objectContaining({ webhook, lane: 0, attempt: 1, name: CONNECTED, acceptedAtMs: 1_699_999_999_000 }),
      ),
    );
    // One buffer for all, and it is the record's own.
    for (const { value } of sent) expect(value).toBe(record.value);
  });

  it('settles the record when the last of its deliveries is acknowledged, and not before', () => {
    subscribe();
    subscribe();
    const record = eventRecord();
    fanOut.offer([record]);
    const [first, second] = producer.sent;
    second?.onDone(undefined);
    expect(record.calls).toEqual(['begin']);
    first?.onDone(undefined);
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('settles what nobody wants', () => {
    const record = eventRecord();
    fanOut.offer([record]);
    expect(producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('settles what every filter keeps away, and parks what no filter can be asked about', () => {
    const prn = newPrn(organization, 'webhook');
    subscriptions.set({
      prn,
      organization,
      enabledEvents: [CONNECTED],
      state: 'enabled',
      lanes: 1,
      wants: () => false,
    });
    const record = eventRecord();
    fanOut.offer([record]);
    expect(producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'settle']);

    const event = newPrn(organization, 'event');
    const body = Buffer.from('{');
    fanOut.offer([new ScriptedRecord(encodeEvent({ event, name: CONNECTED, acceptedAtMs: 1, body }, undefined))]);
    const [parked] = producer.sent.map((one) => one.record);
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({ deadReason: 'undecodable' });
  });

  it('does nothing with a record that may not begin', () => {
    subscribe();
    const record = eventRecord();
    record.mayBegin = false;
    fanOut.offer([record]);
    expect(producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin']);
  });

  it.each(['KAFKA_UNAVAILABLE', 'PRODUCER_QUEUE_FULL', 'TOPIC_UNKNOWN'] as const)(
    'sends again what failed with %s, only that, until it is acknowledged',
    (code) => {
      const [, webhook] = [subscribe(), subscribe()];
      const record = eventRecord();
      fanOut.offer([record]);
      const [first, second] = producer.sent.splice(0);
      first?.onDone(undefined);
      second?.onDone(new KafkaError(code, 'test'));
      for (let tries = 0; tries < 10; tries++) {
        jest.advanceTimersByTime(5_000);
        expect(producer.sent.map((one) => one.record.key)).toEqual([webhook]);
        expect(record.calls).toEqual(['begin']);
        if (tries < 9) producer.answerAll(new KafkaError(code, 'test'));
      }
      producer.answerAll();
      expect(record.calls).toEqual(['begin', 'settle']);
    },
  );

  it('waits longer each time that Kafka refuses, up to a bound', () => {
    subscribe();
    fanOut.offer([eventRecord()]);
    const waits: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      producer.answerAll(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
      const startedAtMs = Date.now();
      jest.advanceTimersToNextTimer();
      waits.push(Date.now() - startedAtMs);
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(5_000);
  });

  it('survives a producer that refuses from within', () => {
    subscribe();
    producer.refusal = new KafkaError('PRODUCER_QUEUE_FULL', 'test');
    const records = [eventRecord(), eventRecord(), eventRecord()];
    fanOut.offer(records);
    jest.advanceTimersByTime(60_000);
    producer.refusal = undefined;
    jest.advanceTimersByTime(5_000);
    producer.answerAll();
    for (const record of records) expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('forwards nothing once another process may own the record: it is abandoned', () => {
    subscribe();
    subscribe();
    const record = eventRecord();
    fanOut.offer([record]);
    record.mayForward = false;
    const [first, second] = producer.sent.splice(0);
    first?.onDone(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
    second?.onDone(undefined);
    jest.advanceTimersByTime(60_000);
    expect(producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it('does not send again what was lost while it waited to be', () => {
    subscribe();
    const record = eventRecord();
    fanOut.offer([record]);
    producer.answerAll(new KafkaError('KAFKA_UNAVAILABLE', 'test'));
    record.mayForward = false;
    jest.advanceTimersByTime(60_000);
    expect(producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it('abandons, rather than settles, what a closed producer did not take', () => {
    subscribe();
    producer.refusal = new KafkaError('PRODUCER_CLOSED', 'test');
    const record = eventRecord();
    fanOut.offer([record]);
    expect(record.calls).toEqual(['begin', 'abandon']);
  });

  it('parks a delivery that no topic takes, cut, with where it was read', () => {
    subscribe();
    const record = eventRecord();
    fanOut.offer([record]);
    producer.answerAll(new KafkaError('RECORD_TOO_LARGE', 'test'));
    const [parked] = producer.sent.map((one) => one.record);
    expect(parked?.topic).toBe('webhook.dead');
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({
      kind: 'record',
      deadReason: 'too_large',
      source: { topic: 'fleet.events', partition: 3, offset: 7 },
    });
    producer.answerAll();
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('parks a record that cannot be read, whole, and settles it when the dead letter is acknowledged', () => {
    const record = new ScriptedRecord({ key: 'k', value: 'what is this', headers: { v: '99' } }, 41);
    fanOut.offer([record]);
    const [parked] = producer.sent.map((one) => one.record);
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({
      kind: 'record',
      deadReason: 'undecodable',
      detail: expect.stringContaining('99'),
      source: { topic: 'fleet.events', partition: 3, offset: 41 },
      raw: Buffer.from('what is this'),
    });
    expect(record.calls).toEqual(['begin']);
    producer.answerAll();
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('lets only so much wait for Kafka, and goes on as it is acknowledged', () => {
    for (let webhooks = 0; webhooks < 50; webhooks++) subscribe();
    const records = Array.from({ length: 1_000 }, (_, offset) => eventRecord(undefined, offset));
    fanOut.offer(records);
    let [total, rounds] = [0, 0];
    while (producer.sent.length > 0) {
      expect(producer.sent.length).toBeLessThanOrEqual(10_000);
      total += producer.sent.length;
      rounds++;
      producer.answerAll();
    }
    expect(total).toBe(50_000);
    expect(rounds).toBeGreaterThanOrEqual(5);
    for (const record of records) expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('abandons an event that is lost while its deliveries wait for room', () => {
    for (let webhooks = 0; webhooks < 12_000; webhooks++) subscribe();
    const [large, next] = [eventRecord(), eventRecord()];
    fanOut.offer([large, next]);
    large.mayForward = false;
    producer.answerAll();
    expect(large.calls).toEqual(['begin', 'abandon']);
    expect(producer.sent.length).toBeGreaterThan(0);
    while (producer.sent.length > 0) producer.answerAll();
    expect(next.calls).toEqual(['begin', 'settle']);
  });

  it('spreads a webhook over its lanes by the event, always in the same way', () => {
    const webhook = subscribe(4);
    const events = Array.from({ length: 400 }, () => newPrn(organization, 'event'));
    const keysOf = (): string[] => {
      fanOut.offer(events.map((event) => eventRecord(event)));
      return producer.sent.splice(0).map(({ record }) => record.key);
    };
    const keys = keysOf();
    expect(keysOf()).toEqual(keys);
    const counts = [0, 1, 2, 3].map(
      (lane) => keys.filter((key) => key === (lane === 0 ? webhook : `${webhook}#${lane}`)).length,
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(400);
    for (const count of counts) expect(count).toBeGreaterThan(50);
  });

  it('does not mix organizations up', () => {
    subscribe();
    const other = newPrn(newOrganizationPrn(), 'event');
    fanOut.offer([eventRecord(other)]);
    expect(organizationOf(other)).not.toBe(organization);
    expect(producer.sent).toEqual([]);
  });
});
