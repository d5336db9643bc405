import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { secretBytes, standardWebhooksSecret, parseSecret } from './secret.js';
import { signPeridio, signStandardWebhooks } from './sign.js';
import { eventName, rawBytes, verifyWebhook, type WebhookHeaders } from './verify-webhook.js';
import { WebhookError, type WebhookErrorCode } from './webhook-error.js';

const secret = secretBytes('B284A51B143841695B2D7BF3B8554731');
const publishedAt = '2026-01-01T00:00:00Z';
const nowMs = Date.parse(publishedAt);
const event = {
  version: 1,
  prn: 'prn:1:x:event:y',
  type: 'device',
  inserted_at: publishedAt,
  data: { type: 'connected', data: {} },
};
const body = Buffer.from(JSON.stringify(event));

const peridio = (bytes: Buffer) => ({
  'peridio-published-at': publishedAt,
  'peridio-signature': signPeridio(publishedAt, bytes, [secret]),
});
const standard = (bytes: Buffer) => ({
  'webhook-id': event.prn,
  'webhook-timestamp': String(nowMs / 1_000),
  'webhook-signature': signStandardWebhooks(event.prn, nowMs / 1_000, bytes, [secret]),
});
const spoiled = { 'peridio-signature': 'A'.repeat(64), 'webhook-signature': `v1,${'A'.repeat(43)}=` };

function refusal(headers: WebhookHeaders, bytes: unknown = body, now = nowMs): WebhookError {
  try {
    verifyWebhook(headers, bytes as Buffer, [secret], { nowMs: now });
  } catch (error) {
    if (error instanceof WebhookError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('verifyWebhook', () => {
  it.each<[string, WebhookHeaders]>([
    ["Peridio's", peridio(body)],
    ['those of Standard Webhooks', standard(body)],
    ['both', { ...peridio(body), ...standard(body) }],
    ["both, and only Peridio's fits", { ...standard(body), ...spoiled, ...peridio(body) }],
    ["both, and only Standard Webhooks' fits", { ...peridio(body), ...spoiled, ...standard(body) }],
    [
      'in capitals',
      Object.fromEntries(Object.entries(peridio(body)).map(([name, value]) => [name.toUpperCase(), value])),
    ],
    ['as lists', Object.fromEntries(Object.entries(peridio(body)).map(([name, value]) => [name, [value]]))],
    ['of fetch', new Headers(standard(body))],
  ])('reads the event, given headers that are %s', (_, headers) => {
    const read = verifyWebhook(headers, body, [secret], { nowMs });
    expect(read).toEqual(event);
    expect(eventName(read)).toBe('device.connected');
  });

  it.each<[string, unknown]>([
    ['a string', body.toString('utf8')],
    ['a Uint8Array within a larger buffer', new Uint8Array(Buffer.concat([Buffer.from('xx'), body])).subarray(2)],
    ['an ArrayBuffer', new Uint8Array(body).buffer],
  ])('takes the body as %s', (_, given) => {
    expect(verifyWebhook(peridio(body), given as Buffer, [secret], { nowMs })).toEqual(event);
  });

  it.each<[string, WebhookErrorCode, WebhookHeaders, unknown, number]>([
    ['no headers', 'HEADER_MISSING', {}, body, nowMs],
    ['half of the headers', 'HEADER_MISSING', { 'peridio-signature': 'AA' }, body, nowMs],
    ['a wrong signature', 'SIGNATURE_MISMATCH', { ...peridio(body), ...spoiled }, body, nowMs],
    ['another body', 'SIGNATURE_MISMATCH', peridio(body), Buffer.from('{}'), nowMs],
    ['a body that was formatted', 'BODY_RESERIALIZED', peridio(body), JSON.stringify(event, undefined, 2), nowMs],
    ['a body with a line end', 'BODY_RESERIALIZED', standard(body), `${body.toString()}\n`, nowMs],
    ['a parsed body', 'BODY_ALREADY_PARSED', peridio(body), event, nowMs],
    ['no body', 'BODY_ALREADY_PARSED', peridio(body), null, nowMs],
    ['what is no JSON', 'BODY_NOT_AN_EVENT', peridio(Buffer.from('x')), 'x', nowMs],
    ['what is no event', 'BODY_NOT_AN_EVENT', peridio(Buffer.from('null')), 'null', nowMs],
    ['what is old', 'TIMESTAMP_TOO_OLD', peridio(body), body, nowMs + 301_000],
    ['what is new', 'TIMESTAMP_IN_FUTURE', standard(body), body, nowMs - 301_000],
  ])('refuses %s as %s', (_, code, headers, given, now) => {
    expect(refusal(headers, given, now).code).toBe(code);
  });

  it('says how far the clocks are apart, and what to do', () => {
    expect(refusal(peridio(body), body, nowMs + 412_000).message).toBe(
      'TIMESTAMP_TOO_OLD: it was signed too long ago: a replay, or a clock that is wrong (peridio-published-at: 2026-01-01T00:00:00Z, ' +
        "412 s behind this machine's clock; 300 s are allowed). Set this machine's clock by NTP; look for a queue before the receiver " +
        'that holds requests back.',
    );
  });

  it('throws nothing but its own errors, whatever a sender writes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys({ ...peridio(body), ...standard(body) })), fc.string()),
        fc.string(),
        (headers, text) => {
          expect(refusal(headers, text)).toBeInstanceOf(WebhookError);
        },
      ),
    );
  });
});

describe('secrets', () => {
  it('are the same in both forms', () => {
    const hex = 'B284A51B143841695B2D7BF3B8554731';
    expect(parseSecret(standardWebhooksSecret(hex))).toEqual(secretBytes(hex));
    expect(parseSecret(` ${hex}\n`)).toEqual(secretBytes(hex));
  });

  it.each(['', 'B284', `whsec_B284A51B143841695B2D7BF3B8554731`, `"B284A51B143841695B2D7BF3B8554731"`])(
    'are refused when they are %j, without being repeated',
    (text) => {
      expect(() => parseSecret(text)).toThrow(
        /^a webhook secret is 32 hex digits, or whsec_ and the base64 of 16 bytes$/,
      );
    },
  );
});

it('does not copy bytes that are bytes already', () => {
  expect(rawBytes(body)).toBe(body);
});
