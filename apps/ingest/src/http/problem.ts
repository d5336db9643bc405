import type { EventResults } from '../intake/event-results.js';

/** A request that is not answered with 202: the status, one sentence for the client, and what was accepted before it ended, if anything. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly more: {
      readonly retryAfterSeconds?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly results?: EventResults;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'Problem';
  }
}

export const unauthorized = (detail: string): Problem =>
  new Problem(401, detail, { headers: { 'www-authenticate': 'Token, Bearer' } });

export const unavailable = (detail: string, results?: EventResults): Problem =>
  new Problem(503, detail, { retryAfterSeconds: RETRY_AFTER_SECONDS, ...(results === undefined ? {} : { results }) });

/** Long enough for a queue to drain or a partition to find a new leader. */
const RETRY_AFTER_SECONDS = 5;
