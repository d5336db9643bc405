import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import type { ApiKeyScope } from '@fleethook/messages';
import type { Author } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

/** Who calls: an API key, and through it an organization. */
export interface Principal {
  readonly organization: Prn<'organization'>;
  readonly apiKey: Prn<'api_key'>;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Of this call. */
  readonly requestId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `AuthenticationGuard`: the API key that the request shows. */
    principal?: Principal;
    /** Set by `AuthenticationGuard`: it shows the operator's key. */
    isOperator?: boolean;
  }
}

/** The caller, of a route behind `ApiKeyGuard`. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) throw new Refusal(401, 'Unauthorized');
  return principal;
});

/** As the audit log names the caller. */
export function authorOf({ apiKey, requestId }: Principal): Author {
  return { actor: apiKey, requestId };
}

/** The operator, of a route behind `OperatorGuard`, as the audit log names them. */
export const Operator = createParamDecorator((_data: unknown, context: ExecutionContext): Author => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (request.isOperator !== true) throw new Refusal(401, 'Unauthorized');
  return { actor: 'operator', requestId: request.id };
});
