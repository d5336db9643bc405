import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { AnswerPolicy } from './answer-policy.js';
import { makeCertificates } from './certificate.js';
import { time } from './der.js';

describe('makeCertificates', () => {
  const made = makeCertificates(Date.now());

  it.each(['localhost', '127.0.0.1'])('is trusted for %s by whoever trusts its authority', async (host) => {
    const server = createServer({ key: made.key, cert: made.certificate }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', ca: made.ca, ...(host === 'localhost' && { servername: host }) });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
    server.close();
  });

  it('is what it should be, and no authority', () => {
    const own = new X509Certificate(made.certificate);
    const authority = new X509Certificate(made.ca);
    expect([authority.ca, own.ca]).toEqual([true, false]);
    expect(own.verify(authority.publicKey)).toBe(true);
    expect(own.checkHost('example.com')).toBeUndefined();
    expect(own.validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * 86_400_000);
    expect(authority.serialNumber).not.toBe(own.serialNumber);
  });

  it('writes years after 2049 in full', () => {
    expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toContain('491231235959Z');
    expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toContain('20500101000000Z');
  });
});

const answers = (policy: AnswerPolicy, ...events: string[]): number[] =>
  events.map((event) => policy.statusFor(event, event === 'test'));

describe('AnswerPolicy', () => {
  it('answers 200, or always what it was told', () => {
    expect(answers(new AnswerPolicy({}), 'a', 'test')).toEqual([200, 200]);
    expect(answers(new AnswerPolicy({ status: 500 }), 'a', 'a', 'test')).toEqual([500, 500, 500]);
  });

  it('fails each event as often as it was told, but no test fire', () => {
    expect(answers(new AnswerPolicy({ failFirst: 2 }), 'a', 'b', 'a', 'a', 'test', 'b', 'b')).toEqual([
      503, 503, 503, 200, 200, 503, 200,
    ]);
    expect(answers(new AnswerPolicy({ failFirst: 1, status: 429 }), 'a', 'a')).toEqual([429, 200]);
  });
});
