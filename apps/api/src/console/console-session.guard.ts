import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';

/** Of the console itself: whoever is signed in, whatever their key may do. */
@Injectable()
export class ConsoleSessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<FastifyRequest>().consoleSession !== undefined) return true;
    throw new Refusal(401, 'Unauthorized');
  }
}
