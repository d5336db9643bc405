import { Catch, HttpException, HttpStatus, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { StoreError } from '@fleethook/store';
import { LOG, type Log } from '@fleethook/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidFields, Refusal, unavailable } from './problems.js';

const UNAUTHORIZED: number = HttpStatus.UNAUTHORIZED;
const DATABASE_RETRY_AFTER_SECONDS = 5;

/** Whatever was thrown, wherever, as the contract's error body. What is our fault is logged and not explained to the client. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    // Kafka's transport inherits the filters, and deals with its handlers' errors itself.
    if (host.getType() !== 'http') throw exception;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (isHealthReport(exception, request)) {
      void reply.status(exception.getStatus()).send(exception.getResponse());
      return;
    }
    const problem = this.#problemOf(exception, request);
    if (problem instanceof Refusal && problem.retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(problem.retryAfterSeconds));
    if (problem.getStatus() === UNAUTHORIZED) void reply.header('www-authenticate', 'Bearer');
    void reply.status(problem.getStatus()).send(problem.getResponse());
  }

  #problemOf(exception: unknown, request: FastifyRequest): InvalidFields | Refusal {
    if (exception instanceof InvalidFields || exception instanceof Refusal) return exception;
    if (exception instanceof StoreError && exception.code === 'DATABASE_UNAVAILABLE')
      return unavailable('The database is away; try again', DATABASE_RETRY_AFTER_SECONDS);
    if (exception instanceof HttpException) return new Refusal(exception.getStatus(), textOf(exception.getStatus()));
    const status = clientStatusOf(exception);
    if (status !== undefined) return new Refusal(status, textOf(status));
    this.log.error({ event: 'api.failed', request_id: request.id, error: exception }, 'A request failed');
    return new Refusal(HttpStatus.INTERNAL_SERVER_ERROR, 'Internal Server Error');
  }
}

/** The health routes have a body of their own, 503 included. */
function isHealthReport(exception: unknown, request: FastifyRequest): exception is HttpException {
  return exception instanceof HttpException && request.url.startsWith('/health/') && exception.getStatus() === 503;
}

/** The HTTP server's own refusals (a body that is no JSON, too large, of an unknown type) carry their status. */
function clientStatusOf(exception: unknown): number | undefined {
  if (!(exception instanceof Error) || !('statusCode' in exception)) return undefined;
  const { statusCode } = exception;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

const TEXTS: Readonly<Record<number, string>> = {
  400: 'The request is malformed; a body must be a JSON object in UTF-8',
  404: 'Not Found',
  413: 'The request body is too large',
  414: 'The path is too long',
  415: 'The content type must be application/json, in UTF-8',
};

export function textOf(status: number): string {
  return TEXTS[status] ?? (status >= 500 ? 'Internal Server Error' : 'The request cannot be served');
}
