import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { hashApiKey } from '@fleethook/messages';
import { ApiKeyQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import { isOperational } from '../http/operational.js';
import { apiKeyOf } from './api-key.parser.js';

export const OPERATOR_API_KEY = Symbol('the operator’s key, if there is one');

/**
 * Finds out whose key a request shows, once and before anything else is done for it; refuses nothing. Looked up at every request, so a
 * key that was revoked or has expired is nobody's at once. A key is never compared: its hash is looked up.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  readonly #operatorDigest: Buffer | undefined;

  constructor(
    private readonly keys: ApiKeyQueries,
    @Inject(OPERATOR_API_KEY) operatorKey: string | undefined,
  ) {
    this.#operatorDigest = operatorKey === undefined ? undefined : digestOf(operatorKey);
  }

  /** @throws StoreError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Kafka's transport inherits the guards.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOperational(request.routeOptions.url)) return true;
    const key = apiKeyOf(request.headers.authorization);
    if (key === undefined) return true;
    if (this.#operatorDigest !== undefined && timingSafeEqual(digestOf(key), this.#operatorDigest)) {
      request.isOperator = true;
      return true;
    }
    const found = await this.keys.findByHash(hashApiKey(key));
    if (found === undefined || (found.expiresAt !== null && found.expiresAt.getTime() <= Date.now())) return true;
    request.principal = {
      organization: found.organizationPrn,
      apiKey: found.prn,
      name: found.name,
      scopes: found.scopes,
      requestId: request.id,
    };
    return true;
  }
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();
