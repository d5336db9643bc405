import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { CreateReplayPipe, ListReplaysPipe, type CreateReplay, type ListReplays } from './replay.schemas.js';
import type { ReplayReply, ReplaysReply } from './replay.view.js';
import { ReplaysService } from './replays.service.js';

type Reply = z.infer<typeof ReplayReply>;

/** Windows of the log, or failed deliveries of a window, sent to a webhook again. */
@Controller('replays')
@UseGuards(ApiKeyGuard)
export class ReplaysController {
  constructor(private readonly replays: ReplaysService) {}

  @Post()
  @RequireScope('replay')
  async create(@Caller() caller: Principal, @Body(CreateReplayPipe) input: CreateReplay): Promise<Reply> {
    return { replay: await this.replays.create(caller, input) };
  }

  @Get()
  @RequireScope('read')
  list(@Caller() caller: Principal, @Query(ListReplaysPipe) query: ListReplays): Promise<z.infer<typeof ReplaysReply>> {
    return this.replays.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.get(caller, prn) };
  }

  /** What is on its way goes on; the rest waits. */
  @Post(':prn/pause')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  async pause(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.pause(caller, prn) };
  }

  @Post(':prn/resume')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  async resume(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.resume(caller, prn) };
  }

  @Post(':prn/cancel')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  async cancel(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.cancel(caller, prn) };
  }
}
