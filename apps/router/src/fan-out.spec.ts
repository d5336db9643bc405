import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newOrganizationPrn, newPrn, organizationOf } from '@fleethook/events';
import { decodeDead, decodeDelivery, encodeEvent } from '@fleethook/messages';
import { asRead, CONNECTED, eventRecord, FanOutWorld, organization, ScriptedRecord } from './testing/fan-out-world.js';

describe('FanOut', () => {
  let here: FanOutWorld;

  beforeEach(() => {
    jest.useFakeTimers();
    here = new FanOutWorld();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('makes one delivery for each subscribed webhook, of the same bytes', () => {
    const webhooks = [here.subscribe(), here.subscribe(), here.subscribe()];
    const record = eventRecord();
    here.fanOut.offer([record]);
    const sent = here.producer.sent.map((one) => one.record);
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
    here.subscribe();
    here.subscribe();
    const record = eventRecord();
    here.fanOut.offer([record]);
    const [first, second] = here.producer.sent;
    second?.onDone(undefined);
    expect(record.calls).toEqual(['begin']);
    first?.onDone(undefined);
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('settles what nobody wants', () => {
    const record = eventRecord();
    here.fanOut.offer([record]);
    expect(here.producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('settles what every filter keeps away, and parks what no filter can be asked about', () => {
    const prn = newPrn(organization, 'webhook');
    here.subscriptions.set({
      prn,
      organization,
      enabledEvents: [CONNECTED],
      state: 'enabled',
      lanes: 1,
      wants: () => false,
    });
    const record = eventRecord();
    here.fanOut.offer([record]);
    expect(here.producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin', 'settle']);

    const event = newPrn(organization, 'event');
    const body = Buffer.from('{');
    here.fanOut.offer([new ScriptedRecord(encodeEvent({ event, name: CONNECTED, acceptedAtMs: 1, body }, undefined))]);
    const [parked] = here.producer.sent.map((one) => one.record);
    expect(parked === undefined ? undefined : decodeDead(asRead(parked))).toMatchObject({ deadReason: 'undecodable' });
  });

  it('does nothing with a record that may not begin', () => {
    here.subscribe();
    const record = eventRecord();
    record.mayBegin = false;
    here.fanOut.offer([record]);
    expect(here.producer.sent).toEqual([]);
    expect(record.calls).toEqual(['begin']);
  });

  it('lets only so much wait for Kafka, and goes on as it is acknowledged', () => {
    for (let webhooks = 0; webhooks < 50; webhooks++) here.subscribe();
    const records = Array.from({ length: 1_000 }, (_, offset) => eventRecord(undefined, offset));
    here.fanOut.offer(records);
    let [total, rounds] = [0, 0];
    while (here.producer.sent.length > 0) {
      expect(here.producer.sent.length).toBeLessThanOrEqual(10_000);
      total += here.producer.sent.length;
      rounds++;
      here.producer.answerAll();
    }
    expect(total).toBe(50_000);
    expect(rounds).toBeGreaterThanOrEqual(5);
    for (const record of records) expect(record.calls).toEqual(['begin', 'settle']);
  });

  it('spreads a webhook over its lanes by the event, always in the same way', () => {
    const webhook = here.subscribe(4);
    const events = Array.from({ length: 400 }, () => newPrn(organization, 'event'));
    const keysOf = (): string[] => {
      here.fanOut.offer(events.map((event) => eventRecord(event)));
      return here.producer.sent.splice(0).map(({ record }) => record.key);
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
    here.subscribe();
    const other = newPrn(newOrganizationPrn(), 'event');
    here.fanOut.offer([eventRecord(other)]);
    expect(organizationOf(other)).not.toBe(organization);
    expect(here.producer.sent).toEqual([]);
  });
});
