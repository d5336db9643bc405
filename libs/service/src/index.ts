export { CLIENT_LIMITS, limitedServer, type ClientLimits } from './client-limits.js';
export { exitOnConfigError, runService, type ListeningMessage, type ServiceOptions } from './run-service.js';
