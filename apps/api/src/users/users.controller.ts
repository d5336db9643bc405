import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';

@Controller('users')
@UseGuards(ApiKeyGuard)
export class UsersController {
  /** Peridio's clients learn here whose key they hold. Keys have no mailbox: the address is one that can never be delivered to. */
  @Get('me')
  @RequireScope('read')
  me(@Caller() caller: Principal): { data: { email: string; username: string; organization_prn: string } } {
    return {
      data: {
        email: `${caller.apiKey.slice(-36)}@api-key.invalid`,
        username: caller.name,
        organization_prn: caller.organization,
      },
    };
  }
}
