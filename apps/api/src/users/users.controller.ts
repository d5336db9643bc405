import { Controller, Get, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { prnField } from '../listing/reply-fields.js';
import { Operation } from '../openapi/operation.decorator.js';

const UserReply = z.object({
  data: z
    .object({ email: z.string(), username: z.string(), organization_prn: prnField('organization') })
    .meta({ id: 'User' }),
});

@Controller('users')
@UseGuards(ApiKeyGuard)
export class UsersController {
  /** Peridio's clients learn here whose key they hold. Keys have no mailbox: the address is one that can never be delivered to. */
  @Get('me')
  @RequireScope('read')
  @Operation({ summary: 'Say whose key this is', reply: UserReply })
  me(@Caller() caller: Principal): z.infer<typeof UserReply> {
    return {
      data: {
        email: `${caller.apiKey.slice(-36)}@api-key.invalid`,
        username: caller.name,
        organization_prn: caller.organization,
      },
    };
  }
}
