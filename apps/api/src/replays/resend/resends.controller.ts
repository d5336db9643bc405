import { Controller, HttpCode, HttpStatus, Param, Post, Req, UseGuards } from '@nestjs/common';
import { requestSpan } from '@fleethook/service';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../../auth/api-key.guard.js';
import { Caller, type Principal } from '../../auth/principal.js';
import { Operation } from '../../openapi/operation.decorator.js';
import { ResendReply, ResendService } from './resend.service.js';

@Controller('deliveries')
@UseGuards(ApiKeyGuard)
export class ResendsController {
  constructor(private readonly resends: ResendService) {}

  @Post(':id/resend')
  @HttpCode(HttpStatus.ACCEPTED)
  @RequireScope('replay')
  @Operation({
    summary: 'Send a delivery again',
    description:
      'Whatever state the delivery is in, with a series of attempts of its own; same event PRN, so that receivers know it again. Its webhook must be there (404) and enabled (422).',
    reply: ResendReply,
    gone: 'The body of the event is not kept any more.',
  })
  async resend(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<z.infer<typeof ResendReply>> {
    return { delivery: await this.resends.resend(caller, id, requestSpan(request)?.context) };
  }
}
