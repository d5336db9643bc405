import { describe, expect, it } from '@jest/globals';
import { newSecret, signPeridio, signStandardWebhooks } from '@fleethook/signing';
import { UsageError } from '../running/cli-error.js';
import { diagnose } from './diagnose.js';
import { readHeaders, readRequest } from './read-request.js';
import type { ReceivedRequest } from './received-request.js';
import { parseSecret } from './secrets.js';
import { shellWords } from './shell-words.js';

const PRN = 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90:event:0194c1a0-0000-7000-8000-000000000001';
const BODY = `{"version":1,"prn":"${PRN}","type":"door","inserted_at":"2026-01-01T00:00:00Z","data":{"type":"opened","data":{"b":"ö'","a":1}}}`;
const PUBLISHED_AT = '2026-01-01T00:00:00Z';
const NOW_MS = Date.parse(PUBLISHED_AT) + 2_000;
const secret = parseSecret('B284A51B143841695B2D7BF3B8554731');
const other = parseSecret(newSecret());

function signed(keys = [secret.bytes]): ReceivedRequest & { headers: Record<string, string> } {
  const body = Buffer.from(BODY);
  const timestamp = Date.parse(PUBLISHED_AT) / 1_000;
  return {
    headers: {
      'peridio-published-at': PUBLISHED_AT,
      'peridio-signature': signPeridio(PUBLISHED_AT, body, keys),
      'webhook-id': PRN,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signStandardWebhooks(PRN, timestamp, body, keys),
      'content-type': 'application/json',
    },
    body,
  };
}

const codes = (request: ReceivedRequest, secrets = [secret], nowMs = NOW_MS): string[][] => {
  const { families, findings } = diagnose(request, secrets, { nowMs });
  return [...families.map((family) => family.findings.map(({ code }) => code)), findings.map(({ code }) => code)];
};

describe('diagnose', () => {
  it('finds nothing wrong with what Fleethook sends', () => {
    const diagnosis = diagnose(signed(), [other, secret], { nowMs: NOW_MS });
    expect(diagnosis).toMatchObject({ isValid: true, findings: [] });
    expect(diagnosis.families.map(({ verdict, ageSeconds }) => [verdict, ageSeconds])).toEqual([
      ['valid', 2],
      ['valid', 2],
    ]);
  });

  it.each<[string, (body: string) => string, string]>([
    ['a line end added', (body) => `${body}\n`, 'BODY_FINAL_NEWLINE'],
    ['a byte order mark', (body) => `\uFEFF${body}`, 'BODY_BYTE_ORDER_MARK'],
    ['written again with blanks', (body) => JSON.stringify(JSON.parse(body), null, 2), 'BODY_RESERIALIZED'],
    ['written again with escapes', (body) => body.replace('ö', String.raw`\u00f6`), 'BODY_RESERIALIZED'],
    ['written again with sorted keys', (body) => sortedEnvelope(body), 'BODY_REORDERED'],
    ['quoted', (body) => JSON.stringify(body), 'BODY_QUOTED'],
    ['cut off', (body) => body.slice(0, -5), 'BODY_CHANGED'],
    ['another value', (body) => body.replace('"a":1', '"a":2'), 'SECRET_WRONG'],
  ])('tells a body that was changed: %s', (_, change, code) => {
    const request = signed();
    expect(codes({ ...request, body: Buffer.from(change(BODY)) })).toEqual([[code], [code], []]);
  });

  it('tells another secret, and a secret that was used as a text', () => {
    expect(codes(signed(), [other])).toEqual([['SECRET_WRONG'], ['SECRET_WRONG'], []]);
    expect(codes(signed([Buffer.from(secret.text)]))).toEqual([['SECRET_AS_TEXT'], ['SECRET_AS_TEXT'], []]);
  });

  it('tells clocks apart from signatures, in seconds', () => {
    expect(codes(signed(), [secret], NOW_MS + 299_000)).toEqual([['TIMESTAMP_TOO_OLD'], ['TIMESTAMP_TOO_OLD'], []]);
    expect(codes(signed(), [secret], NOW_MS - 400_000)).toEqual([['TIMESTAMP_IN_FUTURE'], ['TIMESTAMP_IN_FUTURE'], []]);
    const [peridio] = diagnose(signed(), [secret], { nowMs: NOW_MS + 400_000 }).families;
    expect(peridio?.findings[0]?.message).toContain('signed 402 s (6 m 42 s) ago');
    expect(codes(signed(), [other], NOW_MS + 400_000)[0]).toEqual(['SECRET_WRONG', 'TIMESTAMP_TOO_OLD']);
  });

  it('names each header that is missing; a family that is not there at all does no harm', () => {
    const { 'webhook-id': _, ...withoutId } = signed().headers;
    expect(codes({ headers: withoutId, body: Buffer.from(BODY) })).toEqual([[], ['HEADER_MISSING'], []]);
    const { 'webhook-timestamp': _time, 'webhook-signature': _signature, ...peridioOnly } = withoutId;
    const diagnosis = diagnose({ headers: peridioOnly, body: Buffer.from(BODY) }, [secret], { nowMs: NOW_MS });
    expect(diagnosis.isValid).toBe(true);
    expect(diagnosis.families[1]?.verdict).toBe('absent');
    expect(diagnose({ headers: {}, body: Buffer.from(BODY) }, [secret], { nowMs: NOW_MS }).isValid).toBe(false);
  });

  it.each<[string, Record<string, string>, string[][]]>([
    ['a prefix', { 'peridio-signature': `sha256=${'0'.repeat(64)}` }, [['SIGNATURE_MALFORMED'], [], []]],
    ['an ISO time', { 'webhook-timestamp': PUBLISHED_AT }, [[], ['TIMESTAMP_MALFORMED'], []]],
    ['epoch seconds', { 'peridio-published-at': '1767225600' }, [['TIMESTAMP_MALFORMED'], [], []]],
    ['a length', { 'content-length': '7' }, [[], [], ['BODY_LENGTH']]],
    ['another id', { 'webhook-id': `${PRN}2` }, [[], ['SECRET_WRONG'], ['EVENT_DIFFERS']]],
    ['another time', { 'webhook-timestamp': '1767225700' }, [[], ['SECRET_WRONG'], ['TIMES_DIFFER']]],
  ])('tells a header that was changed: %s', (_, headers, expected) => {
    const request = signed();
    expect(codes({ ...request, headers: { ...request.headers, ...headers } })).toEqual(expected);
  });
});

describe('readRequest', () => {
  const { headers } = signed();
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

  it.each([
    ['HTTP', `POST /hook HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${BODY}`],
    ['headers and body', `${lines.join('\n')}\n\n${BODY}`],
    ['curl -v', `> POST /hook HTTP/1.1\n${lines.map((line) => `> ${line}`).join('\n')}\n> \n${BODY}`],
    [
      'curl',
      `curl -X POST 'https://example.com' ${lines.map((line) => `-H '${line}'`).join(' \\\n ')} -d '${BODY.replace("'", String.raw`'\''`)}'`,
    ],
    ['JSON', JSON.stringify({ kind: 'delivery', headers, body: BODY })],
  ])('reads %s', (_, dump) => {
    const request = readRequest(Buffer.from(dump));
    expect(request.headers).toEqual(headers);
    expect(request.body.toString()).toBe(BODY);
  });

  it.each(['{"a":1}', '{', 'just words', 'a: b', "curl -d @body.json -H 'a: b' https://x"])('refuses %j', (dump) => {
    expect(() => readRequest(Buffer.from(dump))).toThrow(UsageError);
  });

  it('knows headers by any case of their names', () => {
    expect(readHeaders('Webhook-ID: a\nX:b\n')).toEqual({ 'webhook-id': 'a', x: 'b' });
  });
});

it('shellWords reads as a shell does', () => {
  expect(shellWords(String.raw`a 'b c' "d\"e$" f\ g $'h\n\'\u00f6' ''` + ' \\\n i')).toEqual([
    'a',
    'b c',
    'd"e$',
    'f g',
    "h\n'ö",
    '',
    'i',
  ]);
});

it('parseSecret takes both forms, and does not repeat what it refuses', () => {
  expect(parseSecret('whsec_soSlGxQ4QWlbLXvzuFVHMQ==').bytes).toEqual(secret.bytes);
  for (const text of ['zz', 'B284A51B143841695B2D7BF3B855473', 'whsec_c2hvcnQ=']) {
    expect(() => parseSecret(text)).toThrow(UsageError);
    expect(() => parseSecret(text)).not.toThrow(text);
  }
});

function sortedEnvelope(body: string): string {
  const { version, prn, type, inserted_at, data } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify({
    data: { data: (data as { data: unknown }).data, type: 'opened' },
    inserted_at,
    prn,
    type,
    version,
  });
}
