import type { Log, Metrics } from '@fleethook/observability';
import { requestSpan } from '@fleethook/service';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { factsOf } from './request-facts.js';

/** One line and one count per intake request; health and metrics are not counted. */
export function logRequests(app: NestFastifyApplication, { log, metrics }: { log: Log; metrics: Metrics }): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      if (request.url.startsWith('/v1/')) {
        const { organization, apiKey, accepted, rejected, detail } = factsOf(request);
        const status = reply.statusCode;
        metrics.ingestRequests.inc({ status: String(status) });
        metrics.ingestRequestDuration.observe(reply.elapsedTime / 1_000);
        const level = status >= 500 ? 'warn' : 'info';
        log[level]({
          event: 'ingest.answered',
          request_id: request.id,
          trace_id: requestSpan(request)?.traceId,
          organization,
          api_key: apiKey,
          status,
          accepted,
          rejected,
          detail,
          latency_ms: Math.round(reply.elapsedTime),
        });
      }
      done();
    });
}
