import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { EVENT_STREAM } from '../http/operational.js';
import { Operation } from '../openapi/operation.decorator.js';
import { PipelineReply } from './pipeline.schemas.js';
import { PipelineStreams } from './pipeline-streams.js';
import { PipelineViews } from './pipeline-views.js';

/** How far the pipeline has come: of all organizations together, since there is one; with nobody's name in it. */
@Controller('pipeline')
@UseGuards(ApiKeyGuard)
export class PipelineController {
  constructor(
    private readonly views: PipelineViews,
    private readonly streams: PipelineStreams,
  ) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'Get the state of the pipeline',
    description: 'As it was at most two seconds ago.',
    reply: PipelineReply,
  })
  async get(@Caller() { organization }: Principal): Promise<z.infer<typeof PipelineReply>> {
    return { data: await this.views.of(organization) };
  }

  @Get('stream')
  @RequireScope('read')
  @Operation({
    summary: 'Watch the state of the pipeline',
    description:
      'Server-Sent Events: `pipeline` every two seconds, with what `GET /pipeline` has under `data`; `overview_tick` every five seconds, with the organization’s `events`, `succeeded` and `failed` of the last minute; a comment every 15 seconds. It ends with the session or the key. At most 10 at once and organization.',
    isStream: true,
  })
  async stream(@Caller() caller: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Fastify answers HEAD as it answers GET, and nobody would end that stream.
    const stream = request.method === 'HEAD' ? '' : await this.streams.open(caller, request);
    void reply
      .headers({ 'content-type': EVENT_STREAM, 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream);
  }
}
