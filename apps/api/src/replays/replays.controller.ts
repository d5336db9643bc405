import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Idempotent, KeepsReply, type KeepReply } from '../idempotency/idempotency.interceptor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { REPLAY_PRN } from '../openapi/path-parameters.js';
import { CreateReplay, ListReplays } from './replay.schemas.js';
import { ReplayReply, ReplaysReply } from './replay.view.js';
import { ReplaysService } from './replays.service.js';

type Reply = z.infer<typeof ReplayReply>;

const ENDED = 'The replay has ended.';

/** Windows of the log, or failed deliveries of a window, sent to a webhook again. */
@Controller('replays')
@UseGuards(ApiKeyGuard)
export class ReplaysController {
  constructor(private readonly replays: ReplaysService) {}

  @Post()
  @RequireScope('replay')
  @Idempotent()
  @Operation({
    summary: 'Send again what a webhook was to get',
    description:
      'A window of the log, events that matched nothing then included, or failed deliveries of a window. A job of its own, at its own rate; same event PRN, so that receivers know it again. With `dry_run` it only counts.',
    reply: ReplayReply,
    missing: true,
    conflict: 'The organization has as many replays that have not ended as it may.',
    idempotent: true,
  })
  async create(
    @Caller() caller: Principal,
    @Body(new ParsedPipe(CreateReplay)) input: CreateReplay,
    @KeepsReply() keep: KeepReply,
  ): Promise<Reply> {
    return { replay: await this.replays.create(caller, input, keep) };
  }

  @Get()
  @RequireScope('read')
  @Operation({ summary: 'List replays', reply: ReplaysReply })
  list(
    @Caller() caller: Principal,
    @Query(new ParsedPipe(ListReplays)) query: ListReplays,
  ): Promise<z.infer<typeof ReplaysReply>> {
    return this.replays.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  @Operation({
    summary: 'Get a replay',
    description: 'With its progress.',
    path: { prn: REPLAY_PRN },
    reply: ReplayReply,
  })
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.get(caller, prn) };
  }

  @Post(':prn/pause')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  @Operation({
    summary: 'Pause a replay',
    description: 'What is on its way goes on; the rest waits.',
    path: { prn: REPLAY_PRN },
    reply: ReplayReply,
    conflict: ENDED,
  })
  async pause(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.pause(caller, prn) };
  }

  @Post(':prn/resume')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  @Operation({
    summary: 'Resume a replay',
    path: { prn: REPLAY_PRN },
    reply: ReplayReply,
    conflict: `${ENDED} Or its webhook is disabled.`,
  })
  async resume(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.resume(caller, prn) };
  }

  @Post(':prn/cancel')
  @HttpCode(HttpStatus.OK)
  @RequireScope('replay')
  @Operation({
    summary: 'Cancel a replay',
    description: 'For good; what is on its way goes on.',
    path: { prn: REPLAY_PRN },
    reply: ReplayReply,
    conflict: ENDED,
  })
  async cancel(@Caller() caller: Principal, @Param('prn') prn: string): Promise<Reply> {
    return { replay: await this.replays.cancel(caller, prn) };
  }
}
