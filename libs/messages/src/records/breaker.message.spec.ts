import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { decodeAttempt } from './attempt.message.js';
import { decodeBreaker, encodeBreaker, reportKind, type BreakerMessage } from './breaker.message.js';
import type { EncodedRecord } from './headers.js';
import { MessageError } from '../message-error.js';

const webhook = newPrn(newOrganizationPrn(), 'webhook');
const open: BreakerMessage = { v: 1, webhook, lane: 0, state: 'open', atMs: 1_000, openUntilMs: 31_000 };
const closed: BreakerMessage = { v: 1, webhook, lane: 3, state: 'closed', atMs: 2_000 };

function recordOf(message: object): EncodedRecord {
  const { key, value, headers } = encodeBreaker(message as BreakerMessage);
  return { key, value: Buffer.from(value ?? ''), headers };
}

describe('a breaker record', () => {
  it.each([open, closed])('is read as it was written: %j', (message) => {
    const record = recordOf(message);
    expect([record.key, reportKind(record)]).toEqual([webhook, 'breaker']);
    expect(decodeBreaker(record)).toEqual(message);
  });

  it.each<[string, object, string]>([
    ['another version', { ...open, v: 2 }, 'v is not'],
    ['no webhook', { ...open, webhook: 'x' }, 'webhook is not'],
    ['half a lane', { ...open, lane: 0.5 }, 'lane is not'],
    ['a lane that no table holds', { ...open, lane: 2 ** 31 }, 'lane is not'],
    ['a time that no table holds', { ...open, atMs: 2 ** 52 }, 'atMs is not'],
    ['another state', { ...open, state: 'ajar' }, 'state is not'],
    ['no time', { ...closed, atMs: undefined }, 'atMs is not'],
    ['no end of an open one', { ...open, openUntilMs: undefined }, 'openUntilMs is not'],
  ])('may not have %s', (_what, message, words) => {
    expect(() => decodeBreaker(recordOf(message))).toThrow(words);
  });

  it('may have fields of a later release', () => {
    expect(() => decodeBreaker(recordOf({ ...closed, colour: 'blue' }))).not.toThrow();
  });

  it('is no attempt to whoever knows attempts only, but a record to pass over', () => {
    for (const message of [open, closed]) expect(() => decodeAttempt(recordOf(message))).toThrow(MessageError);
  });

  it('is told from attempts, and from what a later release may send', () => {
    expect(reportKind({ headers: {} })).toBe('attempt');
    expect(reportKind({ headers: { 'fleethook-kind': 'weather' } })).toBe('unknown');
  });
});
