import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { WebhookQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { notFound } from '../errors/problems.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { Operation } from '../openapi/operation.decorator.js';
import { OwnedWebhooks } from '../webhooks/owned-webhook.js';
import { EndpointHealthListReply, EndpointHealthReply, ListEndpointHealth } from './endpoint-health.schemas.js';
import { EndpointHealthViews } from './endpoint-health.views.js';

const AS_FAR = 'As far as the history has been written.';

/** How endpoints do: what a list of webhooks is looked at for. */
@Controller('webhooks')
@UseGuards(ApiKeyGuard)
export class EndpointHealthController {
  constructor(
    private readonly webhooks: WebhookQueries,
    private readonly owned: OwnedWebhooks,
    private readonly views: EndpointHealthViews,
  ) {}

  @Get('health')
  @RequireScope('read')
  @Operation({
    summary: 'List how the endpoints of webhooks do',
    description: `In the order of the webhooks. ${AS_FAR}`,
    reply: EndpointHealthListReply,
  })
  async list(
    @Caller() { organization }: Principal,
    @Query(new ParsedPipe(ListEndpointHealth)) { limit, order, page }: ListEndpointHealth,
  ): Promise<z.infer<typeof EndpointHealthListReply>> {
    const listing = ['endpoint health', organization, order];
    const after = positionIn(listing, page);
    const found = await this.webhooks.list(organization, {
      order,
      limit: limit + 1,
      after: after === undefined ? undefined : { insertedAtMs: after.atMs, prn: after.id },
      filters: [],
    });
    const { rows, last } = pageOf(found, limit);
    return {
      data: await this.views.of(organization, rows),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.prn }),
    };
  }

  @Get(':prn/health')
  @RequireScope('read')
  @Operation({ summary: 'Get how the endpoint of a webhook does', description: AS_FAR, reply: EndpointHealthReply })
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<z.infer<typeof EndpointHealthReply>> {
    const [health] = await this.views.of(caller.organization, [await this.owned.get(caller, prn)]);
    if (health === undefined) throw notFound();
    return { data: health };
  }
}
