import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { EgressOptions, EgressResult } from '@fleethook/egress';
import {
  garbage,
  hang,
  hugeHeaders,
  informationalFlood,
  raw,
  Receiver,
  reset,
  type Answer,
  type ReceiverOptions,
} from '../../support/receiver.js';
import { egressWorld, type PostOptions } from './egress-world.js';

interface Row {
  readonly name: string;
  readonly script?: readonly Answer[];
  readonly receiver?: ReceiverOptions;
  readonly client?: Partial<EgressOptions>;
  readonly post?: PostOptions;
  readonly url?: (receiver: Receiver) => string;
  readonly expected: Partial<EgressResult>;
}

const dnsError = (code: string) => Object.assign(new Error(`queryA ${code} nowhere.test`), { code });
const resolvingTo = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });
const named = (receiver: Receiver) => `https://nowhere.test:${receiver.port}/`;

const rows: readonly Row[] = [
  {
    name: 'a name that does not exist',
    client: { resolver: { resolve: () => Promise.reject(dnsError('ENOTFOUND')) } },
    url: named,
    expected: { failure: 'dns', stage: 'dns', address: undefined },
  },
  {
    name: 'a name server that does not answer',
    client: { resolver: { resolve: () => Promise.reject(dnsError('ETIMEOUT')) } },
    url: named,
    expected: { failure: 'timeout', stage: 'dns' },
  },
  {
    name: 'a look-up that takes longer than the attempt may',
    client: { resolver: { resolve: () => new Promise(() => {}) } },
    url: named,
    post: { timeoutMs: 60 },
    expected: { failure: 'timeout', stage: 'dns', address: undefined },
  },
  {
    name: 'a name that leads to a private address',
    client: { resolver: resolvingTo('10.0.0.7', '::ffff:10.0.0.7') },
    url: named,
    expected: { failure: 'address_blocked', stage: 'dns', address: undefined },
  },
  {
    name: 'a loopback address that nobody allowed',
    client: { allowCidrs: [] },
    url: (receiver) => `https://127.0.0.1:${receiver.port}/`,
    expected: { failure: 'address_blocked', stage: 'dns' },
  },
  {
    name: 'localhost when nobody allowed loopback',
    client: { allowCidrs: [] },
    expected: { failure: 'address_blocked', stage: 'dns' },
  },
  {
    name: 'a connection that is closed before the handshake',
    receiver: { connections: ['close'] },
    expected: { failure: 'connection_reset', stage: 'tls', address: '127.0.0.1' },
  },
  {
    name: 'a handshake that never comes, within the connect limit',
    receiver: { connections: ['silence'] },
    client: { connectTimeoutMs: 2_500 },
    expected: { failure: 'timeout', stage: 'tls', address: '127.0.0.1' },
  },
  {
    name: 'a handshake that never comes, within the whole limit',
    receiver: { connections: ['silence'] },
    post: { timeoutMs: 2_500 },
    expected: { failure: 'timeout', stage: 'tls', address: '127.0.0.1' },
  },
  {
    name: 'a certificate that nobody vouches for',
    receiver: { certificate: 'selfSigned' },
    expected: { failure: 'tls', stage: 'tls', address: '127.0.0.1' },
  },
  {
    name: 'a certificate for another name',
    receiver: { certificate: 'wrongName' },
    expected: { failure: 'tls', stage: 'tls' },
  },
  {
    name: 'a certificate that has ended',
    receiver: { certificate: 'expired' },
    expected: { failure: 'tls', stage: 'tls', detail: expect.stringContaining('expired') as unknown as string },
  },
  {
    name: 'a certificate that does not name the host, although the address is right',
    client: { resolver: resolvingTo('127.0.0.1') },
    url: named,
    expected: { failure: 'tls', stage: 'tls' },
  },
  {
    name: 'TLS 1.1 at most',
    receiver: { maxTlsVersion: 'TLSv1.1' },
    expected: { failure: 'tls', stage: 'tls' },
  },
  {
    name: 'no answer at all',
    script: [hang()],
    post: { timeoutMs: 2_500 },
    expected: { failure: 'timeout', stage: 'headers' },
  },
  {
    name: 'a connection that ends without an answer',
    script: [reset()],
    expected: { failure: 'connection_reset', stage: 'headers' },
  },
  {
    name: 'an answer that ends within its headers',
    script: [({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nx-half')],
    expected: { failure: 'connection_reset', stage: 'headers' },
  },
  { name: 'bytes that are no HTTP', script: [garbage()], expected: { failure: 'protocol', stage: 'headers' } },
  { name: 'too much header', script: [hugeHeaders(40_000)], expected: { failure: 'protocol', stage: 'headers' } },
  {
    name: 'informational answers without end',
    script: [informationalFlood()],
    expected: { failure: 'protocol', stage: 'headers' },
  },
  {
    name: 'a switch of protocols that nobody asked for',
    script: [raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')],
    expected: { failure: 'protocol', stage: 'headers' },
  },
];

describe('every way of failing has its class and stage', () => {
  it.each(rows)('$name', async (row) => {
    await using world = await egressWorld(row.client);
    await using receiver = await Receiver.listen(row.script, row.receiver);
    const result = await world.post(row.url?.(receiver) ?? receiver.url, row.post);
    expect(result).toMatchObject({ kind: 'failure', connectionReused: false, ...row.expected });
    expect(result.kind === 'failure' && result.detail.length).toBeGreaterThan(0);
  });

  it('a port that nobody listens on', async () => {
    await using world = await egressWorld();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close();
    await once(server, 'close');
    expect(await world.post(`https://127.0.0.1:${port}/`)).toMatchObject({
      kind: 'failure',
      failure: 'connection_refused',
      stage: 'connect',
      address: '127.0.0.1',
    });
  });

  it('a server that speaks HTTP without TLS', async () => {
    await using world = await egressWorld();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await world.post(`https://127.0.0.1:${port}/`)).toMatchObject({ failure: 'tls', stage: 'tls' });
    server.close();
    await once(server, 'close');
  });

  it.each([
    ['http://localhost/', 'https'],
    ['https://user:secret@localhost/', 'user name'],
    [`https://localhost/${'a'.repeat(1_028)}`, '1028'],
  ])('a URL that can never be called: %.40s', async (url, why) => {
    await using world = await egressWorld();
    const result = await world.post(url);
    expect(result).toMatchObject({ kind: 'failure', stage: 'dns' });
    expect(result.kind === 'failure' ? result.detail : '').toContain(why);
  });

  it('a header that HTTP does not allow is our error, not the receiver’s', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen();
    await expect(world.post(receiver.url, { headers: { 'x-bad': 'a\r\nb' } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(receiver.requests).toEqual([]);
  });

  it('nor does such a header cost the connection that was there for it', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 1 });
    await using receiver = await Receiver.listen();
    for (let turn = 0; turn < 3; turn++) {
      await expect(world.post(receiver.url, { headers: { 'x-bad': 'a\n' } })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
      expect(await world.post(receiver.url, { timeoutMs: 5_000 })).toMatchObject({ kind: 'response', status: 200 });
    }
  });
});
