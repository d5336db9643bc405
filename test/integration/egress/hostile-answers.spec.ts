import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EgressResult } from '@fleethook/egress';
import { eventually } from '../../support/eventually.js';
import { RawReceiver } from '../../support/raw-receiver.js';
import { egressWorld, metricValue } from './egress-world.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const FINE = 'HTTP/1.1 202 Fine\r\ncontent-length: 0\r\n\r\n';
const PROTOCOL: Partial<EgressResult> = { kind: 'failure', failure: 'protocol', stage: 'headers' };
const answered = (status = 200): Partial<EgressResult> => ({ kind: 'response', status });

/** What came after an answer that cannot be trusted to end where it says must never be taken for the next one. */
const FORGED = 'HTTP/1.1 299 Forged\r\ncontent-length: 0\r\n\r\n';

const ROWS: readonly (readonly [string, string, Partial<EgressResult>])[] = [
  [
    'a length and chunks',
    `${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    PROTOCOL,
  ],
  [
    'chunks and a length',
    `${OK}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    PROTOCOL,
  ],
  ['two lengths', `${OK}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`, PROTOCOL],
  ['the same length twice', `${OK}content-length: 3\r\ncontent-length: 3\r\n\r\nabc`, PROTOCOL],
  ['a list of lengths', `${OK}content-length: 3, 3\r\n\r\nabc`, PROTOCOL],
  ['a negative length', `${OK}content-length: -1\r\n\r\nabc`, PROTOCOL],
  ['a signed length', `${OK}content-length: +3\r\n\r\nabc`, PROTOCOL],
  ['a hexadecimal length', `${OK}content-length: 0x3\r\n\r\nabc`, PROTOCOL],
  ['a broken length', `${OK}content-length: 3.0\r\n\r\nabc`, PROTOCOL],
  ['an empty length', `${OK}content-length: \r\n\r\nabc`, PROTOCOL],
  ['a length beyond 64 bits', `${OK}content-length: 99999999999999999999999\r\n\r\nabc`, PROTOCOL],
  ['a blank before the colon', `${OK}content-length : 3\r\n\r\nabc`, PROTOCOL],
  ['a folded line', `${OK}x: a\r\n b\r\ncontent-length: 3\r\n\r\nabc`, PROTOCOL],
  ['a line without a colon', `${OK}nonsense\r\ncontent-length: 3\r\n\r\nabc`, PROTOCOL],
  ['a header without a name', `${OK}: x\r\ncontent-length: 3\r\n\r\nabc`, PROTOCOL],
  ['NUL in a header', `${OK}x: a\0b\r\ncontent-length: 3\r\n\r\nabc`, PROTOCOL],
  ['lines that end with LF alone', 'HTTP/1.1 200 OK\ncontent-length: 3\n\nabc', PROTOCOL],
  ['lines that end with CR alone', 'HTTP/1.1 200 OK\rcontent-length: 3\r\rabc', PROTOCOL],
  ['no status line', 'abc', PROTOCOL],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\ncontent-length: 3\r\n\r\nabc', PROTOCOL],
  ['a status of two digits', 'HTTP/1.1 99 X\r\ncontent-length: 3\r\n\r\nabc', PROTOCOL],
  ['a status of four digits', 'HTTP/1.1 1000 X\r\ncontent-length: 3\r\n\r\nabc', PROTOCOL],
  ['a status of 0', 'HTTP/1.1 000 X\r\ncontent-length: 3\r\n\r\nabc', PROTOCOL],
  ['a negative status', 'HTTP/1.1 -200 X\r\ncontent-length: 3\r\n\r\nabc', PROTOCOL],
  ['a switch of protocols that nobody asked for', 'HTTP/1.1 101 Switching\r\n\r\n', PROTOCOL],
  // The status has come and decides; the connection is of no more use.
  ['chunks of a negative size', `${CHUNKED}-3\r\nabc\r\n0\r\n\r\n`, answered()],
  ['chunks of no size', `${CHUNKED}zz\r\nabc\r\n0\r\n\r\n`, answered()],
  ['chunks of a size with a prefix', `${CHUNKED}0x3\r\nabc\r\n0\r\n\r\n`, answered()],
  ['chunks of a size beyond 64 bits', `${CHUNKED}ffffffffffffffffff\r\nabc\r\n0\r\n\r\n`, answered()],
  ['chunks longer than they say', `${CHUNKED}2\r\nabc\r\n0\r\n\r\n`, answered()],
  ['chunks whose lines end with LF', `${CHUNKED}3\nabc\n0\n\n`, answered()],
  ['an answer of 204 with a body', 'HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\nabc', answered(204)],
  ['an answer of 304 with a body', 'HTTP/1.1 304 No\r\ncontent-length: 3\r\n\r\nabc', answered(304)],
  ['two answers', `${OK}content-length: 0\r\n\r\n`, answered()],
];

describe('an answer that breaks HTTP', () => {
  it.each(ROWS)('%s', async (_, bytes, expected) => {
    await using world = await egressWorld();
    await using receiver = await RawReceiver.listen(() => (receiver.requests.length === 1 ? bytes + FORGED : FINE));
    expect(await world.post(receiver.url)).toMatchObject(expected);
    // On a connection of its own: the first one is closed, and what it brought is forgotten.
    expect(await world.post(receiver.url)).toMatchObject({ status: 202, connectionReused: false });
    await eventually(() => expect(receiver.openConnections).toBe(1), { withinMs: 20_000 });
  });

  it.each([
    ['encodings that are not chunks', `${OK}transfer-encoding: xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`],
    ['chunks that are compressed at last', `${OK}transfer-encoding: chunked, gzip\r\n\r\n3\r\nabc\r\n0\r\n\r\n`],
    ['a length beyond 2^53', `${OK}content-length: 9007199254740993\r\n\r\nabc`],
    ['no length at all', `${OK}\r\nabc`],
  ])('%s: it ends with its time, and its status decides', async (_, bytes) => {
    await using world = await egressWorld();
    await using receiver = await RawReceiver.listen(() => (receiver.requests.length === 1 ? bytes + FORGED : FINE));
    expect(await world.post(receiver.url, { timeoutMs: 2_500 })).toMatchObject(answered());
    expect(await world.post(receiver.url)).toMatchObject({ status: 202, connectionReused: false });
  });
});

describe('an answer without end', () => {
  const pieces = {
    headers: ['HTTP/1.1 200 OK\r\n', 'x: yyyyyyyyyyyyyy\r\n'],
    'one header': ['HTTP/1.1 200 OK\r\nx: ', 'yyyyyyyyyyyyyyyy'],
    'the name of a header': ['HTTP/1.1 200 OK\r\n', 'xxxxxxxxxxxxxxxx'],
    'a reason': ['HTTP/1.1 200 ', 'because because '],
    'informational answers': ['', 'HTTP/1.1 103 Hints\r\nlink: </x>\r\n\r\n'],
    continuations: ['', 'HTTP/1.1 100 Continue\r\n\r\n'],
    'extensions of a chunk': [`${CHUNKED}1;`, 'extension=value;'],
    'extensions of many chunks': [CHUNKED, '1;extension=value\r\nx\r\n'],
    'chunks of one byte': [CHUNKED, '1\r\nx\r\n'],
    trailers: [`${CHUNKED}0\r\n`, 'x: yyyyyyyyyyyyyy\r\n'],
    'a body': [`${OK}content-length: 999999999999\r\n\r\n`, 'xxxxxxxxxxxxxxxx'],
  } as const;

  it.each(Object.entries(pieces))('is cut by its bytes, long before its time: %s', async (_, [start, piece]) => {
    await using world = await egressWorld();
    const many = Buffer.from(piece.repeat(4_096));
    let written = 0;
    await using receiver = await RawReceiver.listen(({ socket }) => {
      socket.write(start);
      const pump = (): void => {
        while (!socket.destroyed && socket.write(many)) written += many.length;
      };
      socket.on('drain', pump);
      pump();
      return undefined;
    });
    const result = await world.post(receiver.url);
    expect(result).toMatchObject(start.includes('\r\n\r\n') ? answered() : PROTOCOL);
    await eventually(() => expect(receiver.openConnections).toBe(0), { withinMs: 20_000 });
    // What the kernel and TLS have in their buffers comes on top.
    expect(written).toBeLessThan(24 * 1_048_576);
  });

  it.each(['HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: 0\r\n', 'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 2'])(
    'a byte at a time is cut by its time: %j',
    async (bytes) => {
      await using world = await egressWorld();
      await using receiver = await RawReceiver.listen(({ socket }) => {
        let sent = 0;
        const drip = setInterval(() => {
          if (socket.destroyed) clearInterval(drip);
          else socket.write(bytes[sent++] ?? ' ');
        }, 100);
        drip.unref();
        return undefined;
      });
      const result = await world.post(receiver.url, { timeoutMs: 2_500 });
      expect(result).toMatchObject({ failure: 'timeout', stage: 'headers' });
      expect(result.latencyMs).toBeGreaterThanOrEqual(2_499);
    },
  );
});

describe('a compressed bomb', () => {
  it('stays as small as it came', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    const head = `${OK}content-encoding: gzip\r\ncontent-type: text/plain\r\ncontent-length: ${bomb.length}\r\n\r\n`;
    await using world = await egressWorld({ maxResponseBytes: 131_072 });
    await using receiver = await RawReceiver.listen(() => Buffer.concat([Buffer.from(head, 'latin1'), bomb]));
    const result = await world.post(receiver.url);
    expect(result).toMatchObject(answered());
    expect(result.kind === 'response' ? Buffer.byteLength(result.excerpt) : 0).toBeLessThanOrEqual(4_096);
    const [request] = receiver.requests;
    expect(request?.head).not.toMatch(/accept-encoding/i);
  });
});

describe('any bytes in place of an answer', () => {
  const good = [
    `${OK}content-length: 5\r\n\r\nhello`,
    `${CHUNKED}5\r\nhello\r\n0\r\nx: y\r\n\r\n`,
    `HTTP/1.1 103 Hints\r\n\r\n${OK}content-length: 0\r\n\r\n`,
    'HTTP/1.1 503 Busy\r\nretry-after: 1\r\nconnection: close\r\n\r\nbusy',
  ];
  const scraps = fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '\0',
    ':',
    ' ',
    'content-length: 1\r\n',
    '0\r\n\r\n',
    FORGED,
    'HTTP/1.1 ',
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...good),
      fc.array(fc.record({ at: fc.nat(120), cut: fc.nat(6), put: fc.oneof(scraps, fc.string({ maxLength: 4 })) }), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([bytes, changes]) =>
      changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), bytes),
    );
  const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

  it('end the attempt, and never become the answer to another one (promise 13)', async () => {
    let bytes = '';
    await using receiver = await RawReceiver.listen(({ path, socket }) => {
      if (path !== '/any') return `HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`;
      socket.write(bytes, 'latin1');
      return undefined;
    });
    await using world = await egressWorld();
    let nonce = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: mutated }, noise), async (text) => {
        bytes = text;
        const result = await world.post(`${receiver.url}any`, { timeoutMs: 150 });
        const became = result.kind === 'response' ? result.status >= 200 : result.failure;
        expect([true, 'protocol', 'timeout', 'connection_reset']).toContain(became);
        const path = `/nonce-${++nonce}`;
        expect(await world.post(receiver.url + path.slice(1))).toMatchObject({ status: 200, excerpt: path });
      }),
      { numRuns: 120 },
    );
    await eventually(
      async () =>
        expect(await metricValue(world.metrics, 'fleethook_egress_open_connections')).toBe(receiver.openConnections),
      { withinMs: 20_000 },
    );
  });
});
