import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { hashApiKey } from '@fleethook/messages';
import { ApiKeyQueries, ConsoleSessionQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import { hashSessionToken, sessionTokenOf } from '../console/session-cookie.js';
import { isConsolePage, isOperational } from '../http/operational.js';
import { apiKeyOf } from './api-key.parser.js';

export const OPERATOR_API_KEY = Symbol('the operator’s key, if there is one');

/**
 * Finds out whose key a request shows, or whose session of the console, once and before anything else is done for it; refuses nothing.
 * Looked up at every request, so a key that was revoked or has expired is nobody's at once, and neither are its sessions. Neither a key
 * nor a session's token is ever compared: its hash is looked up.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  readonly #operatorDigest: Buffer | undefined;

  constructor(
    private readonly keys: ApiKeyQueries,
    private readonly sessions: ConsoleSessionQueries,
    @Inject(OPERATOR_API_KEY) operatorKey: string | undefined,
  ) {
    this.#operatorDigest = operatorKey === undefined ? undefined : digestOf(operatorKey);
  }

  /** @throws StoreError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Kafka's transport inherits the guards.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { url: route } = request.routeOptions;
    if (isOperational(route) || isConsolePage(route)) return true;
    const { authorization, cookie } = request.headers;
    // Whoever sends a key means it, whatever a browser adds.
    if (authorization === undefined) await this.#findSession(request, sessionTokenOf(cookie));
    else await this.#findKey(request, apiKeyOf(authorization));
    return true;
  }

  async #findKey(request: FastifyRequest, key: string | undefined): Promise<void> {
    if (key === undefined) return;
    if (this.#operatorDigest !== undefined && timingSafeEqual(digestOf(key), this.#operatorDigest)) {
      request.isOperator = true;
      return;
    }
    const found = await this.keys.findByHash(hashApiKey(key));
    if (found === undefined || (found.expiresAt !== null && found.expiresAt.getTime() <= Date.now())) return;
    request.principal = {
      organization: found.organizationPrn,
      apiKey: found.prn,
      name: found.name,
      scopes: found.scopes,
      requestId: request.id,
    };
  }

  async #findSession(request: FastifyRequest, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    const tokenHash = hashSessionToken(token);
    const found = await this.sessions.find(tokenHash, new Date());
    if (found === undefined) return;
    const { prn: apiKey, name, scopes } = found.apiKey;
    request.principal = { organization: found.organization.prn, apiKey, name, scopes, requestId: request.id };
    request.consoleSession = { ...found, tokenHash };
  }
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();
