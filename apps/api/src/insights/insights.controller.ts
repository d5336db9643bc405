import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { InsightQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Operation } from '../openapi/operation.decorator.js';
import { DeliveryInsightQuery, DeliveryInsightReply, EventInsightQuery, EventInsightReply } from './insight.schemas.js';
import { arrange, bucketsOf } from './time-buckets.js';

/** How much there was, over time. */
@Controller('insights')
@UseGuards(ApiKeyGuard)
export class InsightsController {
  constructor(private readonly insights: InsightQueries) {}

  @Get('events')
  @RequireScope('read')
  @Operation({
    summary: 'Count events over time',
    description: 'By the time that they bear, as far as the history has been written.',
    reply: EventInsightReply,
  })
  async events(
    @Caller() { organization }: Principal,
    @Query(new ParsedPipe(EventInsightQuery)) { window, by, limit }: EventInsightQuery,
  ): Promise<z.infer<typeof EventInsightReply>> {
    const range = bucketsOf(window, Date.now());
    const counts = await this.insights.events(organization, by, range, limit);
    const isUuid = by === 'cohort' || by === 'device';
    const arranged = arrange(range, counts, {
      view: ({ key, events }) => ({ key: isUuid ? `${organization}:${by}:${key}` : key, events }),
      add: (one, other) => ({ key: one.key, events: one.events + other.events }),
      weigh: ({ events }) => events,
    });
    return { insight: { window, by, ...arranged } };
  }

  @Get('deliveries')
  @RequireScope('read')
  @Operation({
    summary: 'Count attempts over time',
    description: 'By when they began, retries included, as far as the history has been written.',
    reply: DeliveryInsightReply,
  })
  async deliveries(
    @Caller() { organization }: Principal,
    @Query(new ParsedPipe(DeliveryInsightQuery)) { window, by, limit }: DeliveryInsightQuery,
  ): Promise<z.infer<typeof DeliveryInsightReply>> {
    const range = bucketsOf(window, Date.now());
    const counts = await this.insights.attempts(organization, by, range, limit);
    const arranged = arrange(range, counts, {
      view: ({ key, attempts, delivered }) => ({
        key: by === 'webhook' ? `${organization}:webhook:${key}` : key,
        attempts,
        delivered,
      }),
      add: (one, other) => ({
        key: one.key,
        attempts: one.attempts + other.attempts,
        delivered: one.delivered + other.delivered,
      }),
      weigh: ({ attempts }) => attempts,
    });
    return { insight: { window, by, ...arranged } };
  }
}
