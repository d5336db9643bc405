import { Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../../auth/api-key.guard.js';
import { Caller, type Principal } from '../../auth/principal.js';
import { ResendService, type ResendReply } from './resend.service.js';

@Controller('deliveries')
@UseGuards(ApiKeyGuard)
export class ResendsController {
  constructor(private readonly resends: ResendService) {}

  /** Whatever state it is in, with a series of attempts of its own. */
  @Post(':id/resend')
  @HttpCode(HttpStatus.ACCEPTED)
  @RequireScope('replay')
  async resend(@Caller() caller: Principal, @Param('id') id: string): Promise<z.infer<typeof ResendReply>> {
    return { delivery: await this.resends.resend(caller, id) };
  }
}
