import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ApiKeyScope } from '@fleethook/messages';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

/** What a key must be allowed to do to call this route. */
export const RequireScope = Reflector.createDecorator<ApiKeyScope>();

/** Lets in whoever `AuthenticationGuard` has found a key of, if the key may do what the route does. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (principal === undefined) throw new Refusal(401, 'Unauthorized');
    const scope = this.reflector.get(RequireScope, context.getHandler());
    if (!principal.scopes.includes(scope)) throw new Refusal(403, `The API key lacks the scope ${scope}`);
    return true;
  }
}
