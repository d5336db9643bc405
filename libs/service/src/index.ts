export { askService, type ServiceAnswer, type ServiceQuestion } from './ask-service.js';
export { CLIENT_LIMITS, limitedServer, type ClientLimits } from './client-limits.js';
export { ignoreUnknownExpectations } from './expectations.js';
export { startTracing } from './tracing/start-tracing.js';
export { requestSpan, traceRequests } from './tracing/trace-requests.js';
export { runService, type ListeningMessage, type ServiceOptions } from './run-service.js';
export { answerOtherMethods } from './other-methods.js';
export { servedUrl } from './served-url.js';
export { settingsOrExit } from './settings-or-exit.js';
