import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ApiSettings } from '@fleethook/config';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { textOf } from '../errors/api-error.filter.js';
import { answerClientError, REQUEST_ID_HEADER } from './client-errors.js';

const MAX_BODY_BYTES = 65_536;
const MAX_PATH_PARAMETER_LENGTH = 256;
/** For a whole request to arrive: a client that trickles must not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server: every reply bears its request's id, also those that are sent before a route is found. */
export function httpAdapter({ trustedProxies }: Pick<ApiSettings, 'trustedProxies'>): FastifyAdapter {
  const adapter = new FastifyAdapter({
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    ...(trustedProxies.length === 0 ? {} : { trustProxy: [...trustedProxies] }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Refused below, in our own form.
    http: { requireHostHeader: false },
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      void reply
        .header(REQUEST_ID_HEADER, request.id)
        .status(status)
        .send({ errors: { detail: textOf(status) } });
    },
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    // RFC 9112 §3.2.
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      void reply.status(400).send({ errors: { detail: 'The request names no host' } });
    else done();
  });
  return adapter;
}
