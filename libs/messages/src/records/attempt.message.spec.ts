import { describe, expect, it } from '@jest/globals';
import { deliveryIdOf, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { decodeAttempt, encodeAttempt, type AttemptMessage } from './attempt.message.js';
import type { EncodedRecord } from './headers.js';
import { MessageError } from '../message-error.js';

const organization = newOrganizationPrn();
const event = newPrn(organization, 'event');
const webhook = newPrn(organization, 'webhook');
const attempt: AttemptMessage = {
  v: 1,
  delivery: deliveryIdOf(event, webhook),
  attempt: 1,
  event,
  name: parseEventName('device.connected'),
  webhook,
  acceptedAtMs: 1_700_000_000_000,
  startedAtMs: 1_700_000_000_100,
  latencyMs: 12.5,
  outcome: 'http_status',
  status: 500,
  next: { kind: 'retry', tier: '5s', dueAtMs: 1_700_000_005_000 },
};

function record(value: unknown): EncodedRecord {
  return { key: null, value: Buffer.from(JSON.stringify(value)), headers: {} };
}

describe('an attempt record', () => {
  it('is read as it was written', () => {
    const { key, value } = encodeAttempt(attempt);
    expect(key).toBe(webhook);
    expect(decodeAttempt({ key: null, value: Buffer.from(value ?? ''), headers: {} })).toEqual(attempt);
  });

  it.each<[string, object]>([
    ['optional fields left out', { status: undefined }],
    ['a next step of nothing', { next: { kind: 'none' } }],
    ['a dead next step', { next: { kind: 'dead', reason: 'gone' } }],
    [
      'every optional field',
      { series: 's', configVersion: 3, stage: 'tls', address: '203.0.113.1', excerpt: '', detail: 'd' },
    ],
    ['a field of a later release', { colour: 'blue' }],
  ])('may have %s', (_what, changes) => {
    expect(() => decodeAttempt(record({ ...attempt, ...changes }))).not.toThrow();
  });

  it.each<[string, object, string]>([
    ['another version', { v: 2 }, 'v is not'],
    ['no delivery', { delivery: undefined }, 'delivery is not'],
    ['a delivery that is no UUID', { delivery: 'x' }, 'delivery is not'],
    ['a series that is no text', { series: 3 }, 'series is not'],
    ['attempt 0', { attempt: 0 }, 'attempt is not'],
    ['half an attempt', { attempt: 1.5 }, 'attempt is not'],
    ["a device's PRN as its event", { event: newPrn(organization, 'device') }, 'event is not'],
    ['a name in the hyphen spelling', { name: 'device.release-changed' }, 'name is not'],
    ["the organization's PRN as its webhook", { webhook: organization }, 'webhook is not'],
    ['a version below zero', { configVersion: -1 }, 'configVersion is not'],
    ['a time before 1970', { acceptedAtMs: -1 }, 'acceptedAtMs is not'],
    ['a time in words', { startedAtMs: '2026-01-01' }, 'startedAtMs is not'],
    ['a latency below zero', { latencyMs: -0.1 }, 'latencyMs is not'],
    ['no outcome', { outcome: null }, 'outcome is not'],
    ['a status in words', { status: '500' }, 'status is not'],
    ['null for a field that may be missing', { excerpt: null }, 'excerpt is not'],
    ['no next step', { next: undefined }, 'next is not'],
    ['an unknown next step', { next: { kind: 'wait' } }, 'next is not'],
    ['a retry without a due time', { next: { kind: 'retry', tier: '5s' } }, 'next is not'],
    ['a death without a reason', { next: { kind: 'dead' } }, 'next is not'],
  ])('is refused with %s', (_what, changes, message) => {
    expect(() => decodeAttempt(record({ ...attempt, ...changes }))).toThrow(message);
    expect(() => decodeAttempt(record({ ...attempt, ...changes }))).toThrow(MessageError);
  });

  it.each<[string, EncodedRecord]>([
    ['a tombstone', { key: null, value: null, headers: {} }],
    ['not JSON', { key: null, value: Buffer.from('{'), headers: {} }],
    ['a list', record([])],
    ['null', record(null)],
  ])('is refused when it is %s', (_what, one) => {
    expect(() => decodeAttempt(one)).toThrow(MessageError);
  });
});
