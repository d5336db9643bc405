import { Module, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import type { ApiSettings } from '@fleethook/config';
import { AuthenticationGuard, OPERATOR_API_KEY } from '../auth/authentication.guard.js';
import { ForgeryGuard } from '../console/forgery.guard.js';
import { isKnownCaller, isSignIn, RateLimitGuard, requestOf, SIGN_IN } from './rate-limit.guard.js';
import { TokenBuckets } from './token-buckets.js';

/** Who has been idle holds this many seconds' worth of requests. */
const BURST_SECONDS = 2;
/** Per address, whatever the settings: each costs a look-up for a stranger. */
const SIGN_INS_A_MINUTE = 30;
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
            {
              name: SIGN_IN,
              limit: SIGN_INS_A_MINUTE,
              ttl: 60_000,
              setHeaders: false,
              skipIf: (context) => !isSignIn(requestOf(context)),
            },
          ],
        }),
      ],
      providers: [
        { provide: OPERATOR_API_KEY, useValue: settings.operatorApiKey },
        // In this order.
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: ForgeryGuard },
      ],
      exports: [OPERATOR_API_KEY],
    };
  }
}
