import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { LOG, type Log } from '@fleethook/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EVENTS_PATH } from './events-path.js';
import { Problem } from './problem.js';
import { factsOf } from './request-facts.js';

const TEXTS: Readonly<Record<number, string>> = {
  404: `There is nothing here; events go to POST ${EVENTS_PATH}`,
  414: 'The path is too long',
  415: 'The content type must be application/json or application/x-ndjson, in UTF-8',
};

/** Whatever was thrown, as `{"errors":{"detail"}}`. What is our fault is logged and not explained to the client. */
@Catch()
export class IntakeErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (exception instanceof HttpException && request.url.startsWith('/health/')) {
      // The health reports have a body of their own.
      void reply.status(exception.getStatus()).send(exception.getResponse());
      return;
    }
    const problem = this.#problemOf(exception, request);
    const { retryAfterSeconds, headers = {}, results } = problem.more;
    factsOf(request).detail = problem.detail;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .headers(headers)
      .status(problem.status)
      .send({ errors: { detail: problem.detail }, ...results });
  }

  #problemOf(exception: unknown, request: FastifyRequest): Problem {
    if (exception instanceof Problem) return exception;
    const status = statusOf(exception);
    if (status !== undefined && status < 500)
      return new Problem(status, TEXTS[status] ?? 'The request cannot be served', { cause: exception });
    this.log.error({ event: 'ingest.failed', request_id: request.id, error: exception }, 'a request failed');
    return new Problem(500, 'Internal Server Error', { cause: exception });
  }
}

/** Of Nest's exceptions and of the HTTP server's own. */
function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (!(exception instanceof Error) || !('statusCode' in exception)) return undefined;
  return typeof exception.statusCode === 'number' ? exception.statusCode : undefined;
}
