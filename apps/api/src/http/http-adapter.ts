import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ApiSettings } from '@fleethook/config';
import {
  answerOtherMethods,
  CLIENT_LIMITS,
  ignoreUnknownExpectations,
  limitedServer,
  servedUrl,
} from '@fleethook/service';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { textOf } from '../errors/api-error.filter.js';
import { answerClientError, REQUEST_ID_HEADER } from './client-errors.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** The largest that a route documents is a replay of 1,000 devices, each a PRN of 89 characters. */
const MAX_BODY_BYTES = 131_072;
const MAX_PATH_PARAMETER_LENGTH = 256;
/** Routes that are not there for anybody else. */
const OPERATORS = /^\/organizations(\/|$)/;

/** The HTTP server: every reply bears its request's id, also those that are sent before a route is found; slow clients are bounded. */
export function httpAdapter(
  { trustedProxies }: Pick<ApiSettings, 'trustedProxies'>,
  limits = CLIENT_LIMITS,
): FastifyAdapter {
  const server = limitedServer(limits);
  const adapter = new FastifyAdapter({
    ...server,
    rewriteUrl: servedUrl,
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    ...(trustedProxies.length === 0 ? {} : { trustProxy: [...trustedProxies] }),
    // Refused below, in our own form.
    http: { ...server.http, requireHostHeader: false },
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      void reply
        .headers({ ...SECURITY_HEADERS, [REQUEST_ID_HEADER]: request.id })
        .status(status)
        .send({ errors: { detail: error.code === 'FST_ERR_BAD_URL' ? 'The path cannot be decoded' : textOf(status) } });
    },
  });
  ignoreUnknownExpectations(adapter.getInstance().server);
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...SECURITY_HEADERS, [REQUEST_ID_HEADER]: request.id });
    // RFC 9112 §3.2.
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      void reply.status(400).send({ errors: { detail: 'The request names no host' } });
    else done();
  });
  answerOtherMethods(
    adapter.getInstance(),
    (_request, reply, allow) => void reply.send({ errors: { detail: `The path takes ${allow}` } }),
    (route) => !OPERATORS.test(route),
  );
  return adapter;
}
