import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TracedSpan, Tracing } from '@fleethook/observability';
import type { FastifyRequest } from 'fastify';

const spans = new WeakMap<FastifyRequest, TracedSpan>();

/** The span of a request that is being answered; undefined when tracing is off, and for requests that are not traced. */
export function requestSpan(request: FastifyRequest): TracedSpan | undefined {
  return spans.get(request);
}

/**
 * A span per request, in the caller's trace if it named one. The route's pattern, never the path or the query: those are the customer's.
 * @param isTraced by the route's pattern: health and metrics are not worth a trace
 */
export function traceRequests(
  app: NestFastifyApplication,
  tracing: Tracing,
  isTraced: (route: string | undefined) => boolean,
): void {
  if (!tracing.isOn) return;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    const span = isTraced(route) ? tracing.start(spanStart(request, route)) : undefined;
    if (span !== undefined) spans.set(request, span);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode });
    // "For HTTP status codes in the 4xx range span status MUST be left unset in case of SpanKind.SERVER."
    if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
    span?.end();
    done();
  });
}

function spanStart(request: FastifyRequest, route: string | undefined): Parameters<Tracing['start']>[0] {
  const { traceparent, tracestate } = request.headers;
  return {
    name: route === undefined ? request.method : `${request.method} ${route}`,
    kind: 'server',
    attributes: {
      'http.request.method': request.method,
      'url.scheme': request.protocol,
      'fleethook.request_id': request.id,
      ...(route === undefined ? {} : { 'http.route': route }),
    },
    parent:
      typeof traceparent === 'string'
        ? { traceparent, tracestate: Array.isArray(tracestate) ? tracestate.join(',') : tracestate }
        : undefined,
  };
}
