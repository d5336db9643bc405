export { exitOnConfigError, runService, type ListeningMessage, type ServiceOptions } from './run-service.js';
