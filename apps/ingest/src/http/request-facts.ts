import type { Prn } from '@fleethook/events';
import type { FastifyRequest } from 'fastify';

/** What is learnt about a request on its way, for those after and for its log line. */
export interface RequestFacts {
  organization?: Prn<'organization'>;
  apiKey?: Prn<'api_key'>;
  accepted?: number;
  rejected?: number;
  /** Why it was not answered with 202. */
  detail?: string;
}

const FACTS = Symbol('request facts');

export function factsOf(request: FastifyRequest & { [FACTS]?: RequestFacts }): RequestFacts {
  return (request[FACTS] ??= {});
}
