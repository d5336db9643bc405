import { Module, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import type { ApiSettings } from '@fleethook/config';
import { AuthenticationGuard, OPERATOR_API_KEY } from '../auth/authentication.guard.js';
import { isKnownCaller, RateLimitGuard, requestOf } from './rate-limit.guard.js';
import { TokenBuckets } from './token-buckets.js';

/** Who has been idle holds this many seconds' worth of requests. */
const BURST_SECONDS = 2;
/** Keys and addresses together; about 200 bytes each. */
const MAX_CALLERS = 20_000;

/** What every request passes before it reaches a route: whose it is, and whether they send too many. */
@Module({})
export class AccessModule {
  static for(settings: ApiSettings): DynamicModule {
    const perSecond = (context: ExecutionContext): number =>
      isKnownCaller(requestOf(context)) ? settings.requestsPerSecond : settings.anonymousRequestsPerSecond;
    return {
      module: AccessModule,
      global: true,
      imports: [
        ThrottlerModule.forRoot({
          storage: new TokenBuckets(MAX_CALLERS),
          throttlers: [
            {
              limit: (context) => perSecond(context) * BURST_SECONDS,
              ttl: BURST_SECONDS * 1_000,
              skipIf: (context) => perSecond(context) === 0,
            },
          ],
        }),
      ],
      providers: [
        { provide: OPERATOR_API_KEY, useValue: settings.operatorApiKey },
        // In this order.
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
      ],
      exports: [OPERATOR_API_KEY],
    };
  }
}
