import type { Server } from 'node:http';

/**
 * An expectation that is not known is treated as if it were not there (RFC 9110 §10.1.1 allows it). Node would answer it by itself, with a
 * bare 417 that has no request id.
 */
export function ignoreUnknownExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
