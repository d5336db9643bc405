import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Controller, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { CLIENT_LIMITS, type ClientLimits } from '@fleethook/service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { useJsonBodies } from '../../../apps/api/src/http/body-parsers.js';
import { httpAdapter } from '../../../apps/api/src/http/http-adapter.js';
import { IntakeHttpAdapter } from '../../../apps/ingest/src/http/intake-http-adapter.js';

const SHORT: ClientLimits = {
  maxHeaderBytes: 16_384,
  headersTimeoutMs: 500,
  requestTimeoutMs: 1_000,
  checkIntervalMs: 100,
  keepAliveTimeoutMs: 500,
  silenceTimeoutMs: 2_000,
};

@Controller()
class Sink {
  @Post('take')
  async take(@Req() request: FastifyRequest): Promise<{ taken: number }> {
    let taken = 0;
    for await (const chunk of request.raw) taken += (chunk as Buffer).length;
    return { taken };
  }
}

@Module({ controllers: [Sink] })
class SinkModule {}

const HEAD = 'POST /take HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const WHOLE = `${HEAD}content-length: 2\r\n\r\n{}`;

const REQUEST_ID = /^peridio-request-id: [0-9a-f-]{36}\r$/m;

/** Everything that a server says until it closes the connection. */
async function said(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.on('error', () => {});
  // Not `once` of node:events: it takes the error of a write that came too late for its own.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

describe.each<[string, (limits?: ClientLimits) => FastifyAdapter, (app: NestFastifyApplication) => void]>([
  ['the Admin API', (limits) => httpAdapter({ trustedProxies: [] }, limits), useJsonBodies],
  ['the intake', (limits) => new IntakeHttpAdapter(limits), () => {}],
])('a slow client of %s', (_, adapterOf, configure) => {
  let app: NestFastifyApplication;
  let port: number;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(SinkModule, adapterOf(SHORT), { logger: false });
    configure(app);
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  });
  afterAll(() => app.close());

  async function opened(first = ''): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    // The server may close it while we still write.
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (first !== '') socket.write(first);
    return socket;
  }

  /** Sends a byte now and then, for ever. */
  async function trickling(first: string, rest: string): Promise<Socket> {
    const socket = await opened(first);
    let sent = 0;
    const drip = setInterval(() => {
      if (socket.destroyed) clearInterval(drip);
      else socket.write(rest[sent++ % rest.length] ?? 'x');
    }, 30);
    drip.unref();
    return socket;
  }

  const isServed = async (): Promise<void> => {
    const answer = await said(await opened(WHOLE.replace('host: x', 'host: x\r\nconnection: close')));
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  };

  it('that says nothing is not waited for', async () => {
    const silent = await opened();
    await isServed();
    expect(await said(silent)).toMatch(/^$|^HTTP\/1\.1 408 /);
  });

  it.each([
    ['request line', 'POST /', 'x'],
    ['headers', HEAD, 'x: y\r\n'],
  ])('that trickles its %s is told, and cut off', async (_part, first, rest) => {
    const slow = await trickling(first, rest);
    await isServed();
    expect(await said(slow)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"The request/);
  });

  it.each([
    ['body', `${HEAD}content-length: 60000\r\n\r\n`, ' '],
    ['chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  ])('that trickles its %s is cut off', async (_part, first, rest) => {
    const slow = await trickling(first, rest);
    await isServed();
    expect(await said(slow)).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  it('that stops within its body is cut off', async () => {
    expect(await said(await opened(`${HEAD}content-length: 10\r\n\r\n{`))).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  it('that keeps its connection and asks for nothing is let go', async () => {
    expect(await said(await opened(WHOLE))).toMatch(/^HTTP\/1\.1 201 [\s\S]*\}$/);
  });

  it.each([
    ['headers without end', `POST /take HTTP/1.1\r\n${'x: yyyyyyyyyyyyyy\r\n'.repeat(2_000)}`, 431],
    ['a header without end', `POST /take HTTP/1.1\r\nx: ${'y'.repeat(40_000)}`, 431],
    ['a path without end', `POST /${'y'.repeat(40_000)}`, 431],
    ['a length and chunks', `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 400],
    ['a negative length', `${HEAD}content-length: -2\r\n\r\n{}`, 400],
    ['chunks of no size', `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['a folded header', `POST /take HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n`, 400],
    ['lines that end with LF', 'POST /take HTTP/1.1\nhost: x\ncontent-length: 0\n\n', 400],
  ])('that sends %s is refused, and its connection closed', async (_part, bytes, status) => {
    expect(await said(await opened(bytes))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"errors"`));
    await isServed();
  });

  it('that expects what no server knows is served as if it did not', async () => {
    for (const expectation of ['banana', '100-continue, banana', '']) {
      const head = `host: x\r\nconnection: close\r\nexpect: ${expectation}`;
      const answer = await said(await opened(WHOLE.replace('host: x', head)));
      expect(answer).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 201 /);
      expect(answer).toMatch(REQUEST_ID);
    }
  });

  it.each([
    ['to take', 'POST /take'],
    ['for what is not there', 'GET /nowhere'],
  ])('that asks %s and names no host is told so', async (_part, request) => {
    const answer = await said(await opened(`${request} HTTP/1.1\r\nconnection: close\r\n\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*\{"errors":\{"detail":"The request names no host"\}\}$/);
    expect(answer).toMatch(REQUEST_ID);
    // RFC 9112 §3.2: in HTTP/1.0 it need not.
    expect(await said(await opened(WHOLE.replace('1.1', '1.0').replace('host: x\r\n', '')))).toMatch(
      /^HTTP\/1\.1 201 /,
    );
  });

  it('has the time and the room that CLIENT_LIMITS say where nothing else is said', () => {
    const server = adapterOf().getInstance().server;
    expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout, server.timeout]).toEqual([
      CLIENT_LIMITS.headersTimeoutMs,
      CLIENT_LIMITS.requestTimeoutMs,
      CLIENT_LIMITS.keepAliveTimeoutMs,
      CLIENT_LIMITS.silenceTimeoutMs,
    ]);
    expect(CLIENT_LIMITS.requestTimeoutMs).toBeLessThanOrEqual(60_000);
  });
});
