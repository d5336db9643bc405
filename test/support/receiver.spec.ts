import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import { signPeridio, signStandardWebhooks, secretBytes } from '@fleethook/signing';
import { hang, ok, Receiver, reset, status } from './receiver.js';

const SECRET = '00112233445566778899AABBCCDDEEFF';

/** Node's own client, so that the receiver is not tested by what it is there to test. */
function post(receiver: Receiver, path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      new URL(path, receiver.url),
      { method: 'POST', ca: readFileSync(receiver.caFile), headers, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function signed(body: string, secret = SECRET, nowMs = Date.now()): Record<string, string> {
  const publishedAt = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const timestamp = Math.floor(nowMs / 1_000);
  const secrets = [secretBytes(secret)];
  return {
    'peridio-published-at': publishedAt,
    'peridio-signature': signPeridio(publishedAt, Buffer.from(body), secrets),
    'webhook-id': 'prn:1:event',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signStandardWebhooks('prn:1:event', timestamp, Buffer.from(body), secrets),
  };
}

describe('a receiver', () => {
  it('follows its script, repeats the last step, and keeps what it saw', async () => {
    await using receiver = await Receiver.listen([status(500), status(429, { 'retry-after': '2' }), ok()]);
    const statuses = [];
    for (let index = 0; index < 4; index++) statuses.push(await post(receiver, '/hook', `{"prn":"${index}"}`));
    expect(statuses).toEqual([500, 429, 200, 200]);
    expect(receiver.prns()).toEqual(['0', '1', '2', '3']);
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', path: '/hook', connection: 1 });
  });

  it('has scripts for paths of their own', async () => {
    await using receiver = await Receiver.listen();
    receiver.answer('/bad', [status(503)]);
    expect(await post(receiver, '/good', '{"prn":"a"}')).toBe(200);
    expect(await post(receiver, '/bad', '{"prn":"b"}')).toBe(503);
    expect(receiver.prns('/bad')).toEqual(['b']);
  });

  it('ends a connection when the script says so', async () => {
    await using receiver = await Receiver.listen([reset()]);
    await expect(post(receiver, '/', '{}')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes although someone waits for an answer', async () => {
    const receiver = await Receiver.listen([hang()]);
    const outcome = post(receiver, '/', '{}').catch((error: unknown) => error);
    await receiver.close();
    expect(await outcome).toMatchObject({ code: expect.stringMatching(/^E/) });
  });
});

describe('its check of signatures', () => {
  const body = '{"version":1,"prn":"prn:1:event"}';

  it('finds nothing wrong with a delivery that is signed as published', async () => {
    await using receiver = await Receiver.listen([], { secrets: [SECRET] });
    await post(receiver, '/', body, signed(body));
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.badSignatures).toEqual([]);
  });

  it.each([
    ['no signature', body, {}, 'peridio-signature does not fit'],
    ['another secret', body, signed(body, 'FF112233445566778899AABBCCDDEEFF'), 'webhook-signature does not fit'],
    ['another body', '{"version":2}', signed(body), 'peridio-signature does not fit'],
    ['a time long ago', body, signed(body, SECRET, 1_000_000_000_000), 'published at 2001-09-09T01:46:40Z'],
    [
      'a space after the comma',
      body,
      { ...signed(body), 'peridio-signature': `${'A'.repeat(64)}, ${'B'.repeat(64)}` },
      'OLD,NEW',
    ],
    ['a body that parsing changes', '{ "a": 1.0 }', signed('{ "a": 1.0 }'), 'JSON.stringify(JSON.parse(body))'],
  ])('finds %s', async (_, sent, headers, fault) => {
    await using receiver = await Receiver.listen();
    receiver.expectSignatures('/', [SECRET]);
    await post(receiver, '/', sent, headers);
    expect(receiver.badSignatures.flatMap(({ faults }) => faults).join('; ')).toContain(fault);
  });
});
