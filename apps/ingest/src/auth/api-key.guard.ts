import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem, unauthorized, unavailable } from '../http/problem.js';
import { factsOf } from '../http/request-facts.js';
import { IntakeConfiguration } from '../intake-configuration.js';
import { ApiKeyDirectory } from './api-key-directory.js';

/** `Authorization: Token <key>`, or `Bearer`, as clients of either kind send it. */
const CREDENTIALS = /^(?:token|bearer) +(\S+) *$/i;

/** Lets a request in that shows an API key with the scope `publish`; runs before the body is read. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeyDirectory,
    private readonly configuration: IntakeConfiguration,
  ) {}

  /** @throws Problem 401, 403, 503 */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = CREDENTIALS.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw unauthorized('An API key is required: Authorization: Token <key>');
    // Before all is known, no key can be called wrong, and no type of events unknown.
    if (!this.configuration.isLoaded) throw unavailable('The configuration is being read');
    const check = this.keys.check(key, Date.now());
    switch (check.kind) {
      case 'publisher': {
        const facts = factsOf(request);
        facts.organization = check.organization;
        facts.apiKey = check.key;
        return true;
      }
      case 'unknown':
        throw unauthorized('The API key is not valid');
      case 'not_allowed':
        throw new Problem(403, 'The API key may not publish events');
    }
  }
}
