import type { IncomingHttpHeaders } from 'node:http';

/** What the Admin API answered. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the body is none or not JSON. */
  readonly json: unknown;
}
