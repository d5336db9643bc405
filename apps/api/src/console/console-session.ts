import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ConsoleSession } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

/** The session that a request's cookie names. */
export interface ShownSession extends ConsoleSession {
  readonly tokenHash: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `AuthenticationGuard` when the cookie, and no API key, says who calls. */
    consoleSession?: ShownSession;
  }
}

/** Of a route behind `ConsoleSessionGuard`. */
export const Session = createParamDecorator((_data: unknown, context: ExecutionContext): ShownSession => {
  const { consoleSession } = context.switchToHttp().getRequest<FastifyRequest>();
  if (consoleSession === undefined) throw new Refusal(401, 'Unauthorized');
  return consoleSession;
});
