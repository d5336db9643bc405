import type { Log, Metrics } from '@fleethook/observability';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EVENT_STREAM, isOperational } from './operational.js';

/** One line and one count per request. The route's pattern, never the path or the query: those are the customer's. */
export function logRequests(app: NestFastifyApplication, context: { log: Log; metrics: Metrics }): void {
  const { log, metrics } = context;
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      if (!isOperational(route)) {
        metrics.apiRequests.inc({ method: request.method, status: `${Math.trunc(reply.statusCode / 100)}xx` });
        // A stream lasts as long as somebody looks.
        if (reply.getHeader('content-type') !== EVENT_STREAM)
          metrics.apiRequestDuration.observe(reply.elapsedTime / 1_000);
        log.info({
          event: 'api.request',
          request_id: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          latency_ms: Math.round(reply.elapsedTime),
          organization: request.principal?.organization,
          api_key: request.principal?.apiKey,
          operator: request.isOperator,
        });
      }
      done();
    });
}
