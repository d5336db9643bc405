import { describe, expect, it } from '@jest/globals';
import { newSecret, secretBytes } from './secret.js';
import { signPeridio, signStandardWebhooks } from './sign.js';
import { verifyPeridio, verifyStandardWebhooks, type SignatureFault } from './verify.js';

const secret = secretBytes('B284A51B143841695B2D7BF3B8554731');
const other = secretBytes(newSecret());
const body = Buffer.from('{"version":1,"prn":"prn:1:event"}');
const publishedAt = '2026-01-01T00:00:00Z';
const nowMs = Date.parse(publishedAt);
const timestamp = String(nowMs / 1_000);
const id = 'prn:1:event';
const peridio = signPeridio(publishedAt, body, [secret]);
const standard = signStandardWebhooks(id, Number(timestamp), body, [secret]);

describe('Peridio', () => {
  it('accepts what was signed, raw bytes and secret the same', () => {
    expect(verifyPeridio({ publishedAt, signature: peridio }, body, [secret], { nowMs })).toEqual({ valid: true });
  });

  it.each([
    ['the sender signs with two secrets, the receiver knows the old', [secret, other], [secret]],
    ['the sender signs with two secrets, the receiver knows the new', [other, secret], [secret]],
    ['the receiver knows two', [secret], [other, secret]],
  ])('survives a roll: %s', (_, signing, known) => {
    const signature = signPeridio(publishedAt, body, signing);
    expect(verifyPeridio({ publishedAt, signature }, body, known, { nowMs })).toEqual({ valid: true });
  });

  it.each<[string, Parameters<typeof verifyPeridio>[0], number, SignatureFault]>([
    ['no published-at', { publishedAt: undefined, signature: peridio }, nowMs, 'HEADER_MISSING'],
    ['no signature', { publishedAt, signature: '' }, nowMs, 'HEADER_MISSING'],
    ['no time', { publishedAt: 'yesterday', signature: peridio }, nowMs, 'TIMESTAMP_MALFORMED'],
    ['epoch seconds', { publishedAt: timestamp, signature: peridio }, nowMs, 'TIMESTAMP_MALFORMED'],
    ['5 min and 1 ms old', { publishedAt, signature: peridio }, nowMs + 300_001, 'TIMESTAMP_TOO_OLD'],
    ['5 min and 1 ms early', { publishedAt, signature: peridio }, nowMs - 300_001, 'TIMESTAMP_IN_FUTURE'],
    ['63 digits', { publishedAt, signature: peridio.slice(1) }, nowMs, 'SIGNATURE_MALFORMED'],
    ['empty entries', { publishedAt, signature: ',,' }, nowMs, 'SIGNATURE_MALFORMED'],
    [
      'another digit',
      { publishedAt, signature: peridio.replace(/.$/, (d) => (d === '0' ? '1' : '0')) },
      nowMs,
      'SIGNATURE_MISMATCH',
    ],
    ['another time', { publishedAt: '2026-01-01T00:00:01Z', signature: peridio }, nowMs, 'SIGNATURE_MISMATCH'],
  ])('says what is wrong: %s', (_, headers, now, fault) => {
    expect(verifyPeridio(headers, body, [secret], { nowMs: now })).toMatchObject({ valid: false, fault });
  });

  it.each([nowMs - 300_000, nowMs + 300_000])('accepts a clock that is exactly 5 min away (%d)', (now) => {
    expect(verifyPeridio({ publishedAt, signature: peridio }, body, [secret], { nowMs: now })).toEqual({ valid: true });
  });

  it('refuses another secret, another body, and no secret', () => {
    const headers = { publishedAt, signature: peridio };
    const mismatch = { valid: false, fault: 'SIGNATURE_MISMATCH' };
    expect(verifyPeridio(headers, body, [other], { nowMs })).toMatchObject(mismatch);
    expect(verifyPeridio(headers, Buffer.concat([body, Buffer.from(' ')]), [secret], { nowMs })).toMatchObject(
      mismatch,
    );
    expect(verifyPeridio(headers, body, [], { nowMs })).toMatchObject(mismatch);
  });
});

describe('Standard Webhooks', () => {
  it('accepts what was signed, beside entries of other versions', () => {
    for (const signature of [standard, `v1a,${'A'.repeat(86)}== ${standard}`])
      expect(verifyStandardWebhooks({ id, timestamp, signature }, body, [secret], { nowMs })).toEqual({ valid: true });
  });

  it.each<[string, Parameters<typeof verifyStandardWebhooks>[0], number, SignatureFault]>([
    ['no id', { id: undefined, timestamp, signature: standard }, nowMs, 'HEADER_MISSING'],
    ['no timestamp', { id, timestamp: '', signature: standard }, nowMs, 'HEADER_MISSING'],
    ['no signature', { id, timestamp, signature: undefined }, nowMs, 'HEADER_MISSING'],
    ['an ISO date', { id, timestamp: publishedAt, signature: standard }, nowMs, 'TIMESTAMP_MALFORMED'],
    ['a fraction', { id, timestamp: `${timestamp}.5`, signature: standard }, nowMs, 'TIMESTAMP_MALFORMED'],
    ['old', { id, timestamp, signature: standard }, nowMs + 300_001, 'TIMESTAMP_TOO_OLD'],
    ['early', { id, timestamp, signature: standard }, nowMs - 300_001, 'TIMESTAMP_IN_FUTURE'],
    ['no version', { id, timestamp, signature: standard.slice(3) }, nowMs, 'SIGNATURE_MALFORMED'],
    ['another id', { id: 'prn:1:event2', timestamp, signature: standard }, nowMs, 'SIGNATURE_MISMATCH'],
  ])('says what is wrong: %s', (_, headers, now, fault) => {
    expect(verifyStandardWebhooks(headers, body, [secret], { nowMs: now })).toMatchObject({ valid: false, fault });
  });
});
