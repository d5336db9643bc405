import { HttpStatus, Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import { METRICS, startAtZero, type Metrics } from '@fleethook/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problems.js';
import { isOperational } from '../http/operational.js';
import { TokenBuckets } from './token-buckets.js';

/** The second limit, of signing in to the console. */
export const SIGN_IN = 'sign-in';

/**
 * So many requests per key, over all routes; per address when the key is none. Every reply says what is left
 * (draft-ietf-httpapi-ratelimit-headers-06: `RateLimit-Limit`, `-Remaining`, `-Reset` in seconds).
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override headerPrefix = 'RateLimit';

  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) private readonly buckets: TokenBuckets,
    reflector: Reflector,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    super(options, buckets, reflector);
    startAtZero(metrics.apiLimited, 'by', ['key', 'address']);
    metrics.apiLimitedCallers.set(0);
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.getType() !== 'http' || isOperational(requestOf(context).routeOptions.url));
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    const { principal, isOperator } = request as unknown as FastifyRequest;
    if (isOperator === true) return 'operator';
    return principal?.apiKey ?? `address ${await super.getTracker(request)}`;
  }

  /** One bucket per caller, whatever the route; signing in has its own. */
  protected override generateKey(_context: ExecutionContext, tracker: string, limiter: string): string {
    this.metrics.apiLimitedCallers.set(this.buckets.size);
    return limiter === SIGN_IN ? `${SIGN_IN} ${tracker}` : tracker;
  }

  protected override throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const isKnown = isKnownCaller(requestOf(context));
    this.metrics.apiLimited.inc({ by: isKnown ? 'key' : 'address' });
    void context.switchToHttp().getResponse<FastifyReply>().headers({
      'RateLimit-Limit': detail.limit,
      'RateLimit-Remaining': 0,
      'RateLimit-Reset': detail.timeToExpire,
    });
    if (detail.tracker !== detail.key)
      throw new Refusal(HttpStatus.TOO_MANY_REQUESTS, 'Too many tries to sign in', detail.timeToBlockExpire);
    throw new Refusal(
      HttpStatus.TOO_MANY_REQUESTS,
      isKnown ? 'Too many requests with this API key' : 'Too many requests without a valid API key from this address',
      detail.timeToBlockExpire,
    );
  }
}

export function isKnownCaller({ principal, isOperator }: FastifyRequest): boolean {
  return principal !== undefined || isOperator === true;
}

export function isSignIn({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === '/console/session';
}

export function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}
