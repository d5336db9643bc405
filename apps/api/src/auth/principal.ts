import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import type { ApiKeyScope } from '@fleethook/messages';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

/** Who calls: an API key, and through it an organization. */
export interface Principal {
  readonly organization: Prn<'organization'>;
  readonly apiKey: Prn<'api_key'>;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard. */
    principal?: Principal;
  }
}

/** The caller, of a route behind `ApiKeyGuard`. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) throw new Refusal(401, 'Unauthorized');
  return principal;
});
