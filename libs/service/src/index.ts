export { CLIENT_LIMITS, limitedServer, type ClientLimits } from './client-limits.js';
export { startTracing } from './tracing/start-tracing.js';
export { requestSpan, traceRequests } from './tracing/trace-requests.js';
export { exitOnConfigError, runService, type ListeningMessage, type ServiceOptions } from './run-service.js';
