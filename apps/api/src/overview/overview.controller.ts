import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { OverviewQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Operation } from '../openapi/operation.decorator.js';
import { OverviewQuery, OverviewReply } from './overview.schemas.js';
import { overviewView, rangeOf } from './overview.view.js';

/** An organization's own numbers. */
@Controller('overview')
@UseGuards(ApiKeyGuard)
export class OverviewController {
  constructor(private readonly overview: OverviewQueries) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'Get the overview',
    description:
      'Events and attempts over time, and the state of the webhooks, as far as the history has been written.',
    reply: OverviewReply,
  })
  async get(
    @Caller() { organization }: Principal,
    @Query(new ParsedPipe(OverviewQuery)) { period }: OverviewQuery,
  ): Promise<z.infer<typeof OverviewReply>> {
    const nowMs = Date.now();
    const range = rangeOf(period, nowMs);
    const [buckets, unfinished, webhooks] = await Promise.all([
      this.overview.buckets(organization, range, period === '1h'),
      this.overview.unfinished(organization, range.from),
      this.overview.webhooks(organization),
    ]);
    return { data: overviewView(period, range, { buckets, unfinished, webhooks }, nowMs) };
  }
}
