import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  answerOtherMethods,
  CLIENT_LIMITS,
  ignoreUnknownExpectations,
  limitedServer,
  servedUrl,
} from '@fleethook/service';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ArrivalDeadline, TOO_SLOW } from './arrival-deadline.js';
import { factsOf } from './request-facts.js';

export const REQUEST_ID_HEADER = 'peridio-request-id';

/** Replies are for programs, and about one request only. */
const REPLY_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** The HTTP server: every reply has a request id, bodies are left to the controller, slow clients are bounded. */
export class IntakeHttpAdapter extends FastifyAdapter {
  constructor(limits = CLIENT_LIMITS) {
    const server = limitedServer(limits);
    super({
      ...server,
      rewriteUrl: servedUrl,
      genReqId: () => randomUUID(),
      forceCloseConnections: 'idle',
      // Refused below, in our own form.
      http: { ...server.http, requireHostHeader: false },
      // What still arrives while the process stops is answered as usual, in our form, and the connection is closed after it.
      return503OnClosing: false,
      clientErrorHandler: answerClientError,
      frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
        void reply
          .headers({ ...REPLY_HEADERS, [REQUEST_ID_HEADER]: request.id })
          .status(error.statusCode ?? 400)
          .send({ errors: { detail: 'The URL cannot be read' } });
      },
    });
    const fastify = this.getInstance();
    ignoreUnknownExpectations(fastify.server);
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
    fastify.addHook('onRequest', (request, reply, done) => {
      void reply.headers({ ...REPLY_HEADERS, [REQUEST_ID_HEADER]: request.id });
      // RFC 9112 §3.2.
      if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
        refuse(request, reply.status(400), 'The request names no host');
      else done();
    });
    answerOtherMethods(fastify, (request, reply, allow) => refuse(request, reply, `The path takes ${allow}`));
  }

  /** Nest would read every body into memory before the API key is seen. */
  override registerParserMiddleware(): void {}
}

/** Before a route has it; the status is set. */
function refuse(request: FastifyRequest, reply: FastifyReply, detail: string): void {
  factsOf(request).detail = detail;
  void reply.send({ errors: { detail } });
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', TOO_SLOW],
};

/** What the HTTP parser refuses, or waits for in vain, is answered on the bare socket, unless a route has it already. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && ArrivalDeadline.pass(socket)) return;
  const [status, detail] = CLIENT_ERRORS[error.code ?? ''] ?? ['400 Bad Request', 'The request is not valid HTTP'];
  const body = JSON.stringify({ errors: { detail } });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
        Object.entries(REPLY_HEADERS)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('') +
        `${REQUEST_ID_HEADER}: ${randomUUID()}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  socket.destroySoon();
}
