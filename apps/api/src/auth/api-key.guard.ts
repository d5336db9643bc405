import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { hashApiKey, type ApiKeyScope } from '@fleethook/messages';
import { ApiKeyQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';
import { apiKeyOf } from './api-key.parser.js';

/** What a key must be allowed to do to call this route. */
export const RequireScope = Reflector.createDecorator<ApiKeyScope>();

@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeyQueries,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = apiKeyOf(request.headers.authorization);
    const found = key === undefined ? undefined : await this.keys.findByHash(hashApiKey(key));
    if (found === undefined || (found.expiresAt !== null && found.expiresAt.getTime() <= Date.now()))
      throw new Refusal(401, 'Unauthorized');
    request.principal = {
      organization: found.organizationPrn,
      apiKey: found.prn,
      name: found.name,
      scopes: found.scopes,
    };
    const scope = this.reflector.get(RequireScope, context.getHandler());
    if (!found.scopes.includes(scope)) throw new Refusal(403, `The API key lacks the scope ${scope}`);
    return true;
  }
}
