/** Thrown to a request that was handed to a connection which had closed before a byte of it was written. */
export class ConnectionGone extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection was closed before the request was written');
    this.name = 'ConnectionGone';
  }
}
