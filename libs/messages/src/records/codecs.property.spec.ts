import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { deliveryIdOf, parseEventName, type Prn } from '@fleethook/events';
import { decodeAttempt, encodeAttempt, type AttemptMessage } from './attempt.message.js';
import { decodeDead, encodeDeadDelivery, encodeDeadRecord, DEAD_REASONS } from './dead-letter.message.js';
import { decodeDelivery, encodeDelivery, rereadDelivery, type DeliveryMessage } from './delivery.message.js';
import { decodeEvent, encodeEvent } from './event.message.js';
import { traceHeaders, type EncodedRecord, type RecordToSend } from './headers.js';
import { MessageError } from '../message-error.js';
import {
  API_KEY_SCOPES,
  decodeConfig,
  encodeConfig,
  encodeTombstone,
  type ConfigMessage,
} from './webhook-config.message.js';

/** What Kafka does to a record between writing and reading. */
function throughKafka(record: RecordToSend): EncodedRecord {
  return {
    key: record.key,
    value: record.value === null ? null : Buffer.from(record.value),
    headers: record.headers,
  };
}

const uuid = fc.uuid();
const prn = <T extends 'event' | 'webhook' | 'api_key'>(type: T) =>
  fc.tuple(uuid, uuid).map(([owner, id]) => `prn:1:${owner}:${type}:${id}` as Prn<T>);
const organization = uuid.map((id) => `prn:1:${id}` as Prn<'organization'>);
const name = fc.constantFrom('device.connected', 'device.updated', 'api_key.created').map(parseEventName);
const epochMs = fc.integer({ min: 0, max: 4_102_444_800_000 });
const body = fc.uint8Array({ minLength: 1, maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const trace = fc.record(
  {
    traceparent: fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-[\x21-\x7e]{0,72})?$/),
    tracestate: fc.stringMatching(/^[\t\x20-\x7e]{0,512}$/),
  },
  { requiredKeys: ['traceparent'] },
);

const delivery: fc.Arbitrary<DeliveryMessage> = fc.record({
  event: prn('event'),
  name,
  webhook: prn('webhook'),
  lane: fc.integer({ min: 0, max: 63 }),
  acceptedAtMs: epochMs,
  attempt: fc.integer({ min: 1, max: 10_000 }),
  series: maybe(uuid),
  firstAttemptAtMs: maybe(epochMs),
  reason: maybe(fc.constantFrom('http_status:500', 'timeout:headers', 'lane_full')),
  sinceMs: maybe(epochMs),
  jitterMs: maybe(fc.integer({ min: 0, max: 4_320_000 })),
  notBeforeMs: maybe(epochMs),
  trace: maybe(trace),
  body,
});

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('message codecs', () => {
  it('give back every event', () => {
    fc.assert(
      fc.property(prn('event'), name, epochMs, body, maybe(trace), (event, eventName, acceptedAtMs, bytes, from) => {
        const message = { event, name: eventName, acceptedAtMs, body: bytes, trace: from };
        expect(decodeEvent(throughKafka(encodeEvent(message, undefined)))).toEqual(message);
      }),
    );
  });

  it('give back every delivery', () => {
    fc.assert(
      fc.property(delivery, (message) => {
        const record = throughKafka(encodeDelivery(message));
        expect(decodeDelivery(record)).toEqual(message);
        expect(rereadDelivery(record)).toEqual(message);
      }),
    );
  });

  it('leave out a trace that nobody can have meant, for a fan-out would repeat it', () => {
    expect(traceHeaders({ traceparent: `${TRACEPARENT}-${'x'.repeat(73)}` })).toBeUndefined();
    expect(traceHeaders({ traceparent: TRACEPARENT, tracestate: 'y'.repeat(513) })).toEqual({
      traceparent: TRACEPARENT,
    });
  });

  it.each([
    '',
    'x',
    `${TRACEPARENT}\n`,
    `${TRACEPARENT}-\r\nhost: other`,
    TRACEPARENT.toUpperCase(),
    TRACEPARENT.slice(1),
  ])('leave out a trace that is none: %j', (traceparent) => expect(traceHeaders({ traceparent })).toBeUndefined());

  it.each(['a=1\n', 'a=\0', 'a=é'])('leave out a state of a trace that HTTP cannot carry: %j', (tracestate) => {
    expect(traceHeaders({ traceparent: TRACEPARENT, tracestate })).toEqual({ traceparent: TRACEPARENT });
  });

  it('give back every attempt', () => {
    const attempt = fc
      .record({
        v: fc.constant(1 as const),
        attempt: fc.integer({ min: 1, max: 10_000 }),
        event: prn('event'),
        name,
        webhook: prn('webhook'),
        acceptedAtMs: epochMs,
        startedAtMs: epochMs,
        latencyMs: fc.integer({ min: 0, max: 30_000 }),
        outcome: fc.constantFrom('delivered', 'http_status', 'timeout'),
        next: fc.oneof(
          fc.constant({ kind: 'none' as const }),
          fc.record({ kind: fc.constant('retry' as const), tier: fc.constantFrom('5s', '12h'), dueAtMs: epochMs }),
          fc.record({ kind: fc.constant('dead' as const), reason: fc.constantFrom(...DEAD_REASONS) }),
        ),
      })
      .map((fields): AttemptMessage => ({ ...fields, delivery: deliveryIdOf(fields.event, fields.webhook) }));
    fc.assert(
      fc.property(attempt, fc.string(), fc.integer({ min: 100, max: 599 }), fc.nat(), (...fields) => {
        const [message, excerpt, status, configVersion] = fields;
        const full = { ...message, excerpt, status, configVersion };
        expect(decodeAttempt(throughKafka(encodeAttempt(full)))).toEqual(full);
      }),
    );
  });

  it('give back every dead letter, read or unreadable', () => {
    fc.assert(
      fc.property(delivery, fc.constantFrom(...DEAD_REASONS), epochMs, (message, deadReason, diedAtMs) => {
        const dead = { kind: 'delivery' as const, deadReason, diedAtMs, delivery: message };
        expect(decodeDead(throughKafka(encodeDeadDelivery(dead)))).toEqual(dead);
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ maxLength: 900 }),
        fc.nat(),
        fc.nat(),
        fc.option(body),
        (detail, partition, offset, raw) => {
          const dead = {
            kind: 'record' as const,
            deadReason: 'undecodable' as const,
            diedAtMs: 1,
            detail: Buffer.from(detail).toString(),
            source: { topic: 'fleet.events', partition, offset },
            key: 'k',
            raw,
          };
          expect(decodeDead(throughKafka(encodeDeadRecord(dead)))).toEqual(dead);
        },
      ),
    );
  });

  it('give back every configuration, and read a tombstone as gone', () => {
    const webhook = fc.record(
      {
        v: fc.constant(1 as const),
        kind: fc.constant('webhook' as const),
        version: fc.nat(),
        prn: prn('webhook'),
        organization,
        url: fc.webUrl(),
        enabledEvents: fc.array(name),
        state: fc.constantFrom('enabled' as const, 'disabled' as const),
        secrets: fc.array(fc.record({ sealed: fc.base64String() }), { maxLength: 3 }),
        lanes: fc.integer({ min: 1, max: 8 }),
        filter: fc.record({ tags: fc.array(fc.string()) }),
        timeoutMs: fc.integer({ min: 1_000, max: 30_000 }),
        maxConcurrency: fc.integer({ min: 1, max: 200 }),
        ratePerSecond: fc.integer({ min: 1, max: 10_000 }),
        sealedHeaders: fc.base64String(),
        sealedBasicAuth: fc.base64String(),
      },
      {
        requiredKeys: [
          'v',
          'kind',
          'version',
          'prn',
          'organization',
          'url',
          'enabledEvents',
          'state',
          'secrets',
          'lanes',
        ],
      },
    );
    const config: fc.Arbitrary<ConfigMessage> = fc.oneof(
      webhook,
      fc.record({
        v: fc.constant(1 as const),
        kind: fc.constant('api_key' as const),
        version: fc.nat(),
        prn: prn('api_key'),
        organization,
        hash: fc.string(),
        scopes: fc.subarray([...API_KEY_SCOPES]),
      }),
    );
    fc.assert(
      fc.property(config, (message) => {
        expect(decodeConfig(throughKafka(encodeConfig(message)))).toEqual(message);
      }),
    );
    expect(decodeConfig(throughKafka(encodeTombstone('prn:1:x')))).toBeNull();
  });

  it('answer any other bytes with a MessageError, never with anything else', () => {
    const header = fc.string({ unit: 'binary', maxLength: 40 });
    const record: fc.Arbitrary<EncodedRecord> = fc.record({
      key: fc.option(header),
      value: fc.option(
        fc.oneof(
          body,
          fc.json().map((text) => Buffer.from(text)),
        ),
      ),
      headers: fc.dictionary(
        fc.constantFrom('v', 'event', 'name', 'at', 'attempt', 'dead', 'dead-at', 'source'),
        header,
      ),
    });
    fc.assert(
      fc.property(
        record,
        fc.constantFrom(decodeEvent, decodeDelivery, decodeAttempt, decodeDead, decodeConfig),
        (encoded, decode) => {
          expect(failureOf(() => decode(encoded)) ?? new MessageError('VALUE_INVALID', '')).toBeInstanceOf(
            MessageError,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

function failureOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
