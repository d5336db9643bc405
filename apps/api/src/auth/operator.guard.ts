import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { notFound, Refusal } from '../errors/problems.js';
import { OPERATOR_API_KEY } from './authentication.guard.js';

/** The operator's routes: to customers, and where no operator's key is set, they do not exist. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(@Inject(OPERATOR_API_KEY) private readonly operatorKey: string | undefined) {}

  canActivate(context: ExecutionContext): boolean {
    const { isOperator, principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOperator === true) return true;
    if (this.operatorKey === undefined || principal !== undefined) throw notFound();
    throw new Refusal(401, 'Unauthorized');
  }
}
