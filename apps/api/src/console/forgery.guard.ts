import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

const HEADER = 'x-fleethook-console';
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * A browser sends the cookie by itself; a header of one's own it sends for another site's page only if we allow it, which we never do. So
 * whoever is known by the cookie alone has to send one with everything that changes something.
 */
@Injectable()
export class ForgeryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    // Kafka's transport inherits the guards.
    if (context.getType() !== 'http') return true;
    const { consoleSession, method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (consoleSession === undefined || SAFE_METHODS.has(method) || headers[HEADER] === '1') return true;
    throw new Refusal(403, 'A request with the console’s cookie must carry X-Fleethook-Console: 1');
  }
}
