import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { WarningQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { Operation } from '../openapi/operation.decorator.js';
import { ListWarnings, WarningsReply } from './warning.schemas.js';
import { warningView } from './warning.view.js';

/** What a customer was warned of: endpoints that fail, and webhooks that were disabled for it. */
@Controller('warnings')
@UseGuards(ApiKeyGuard)
export class WarningsController {
  constructor(private readonly warnings: WarningQueries) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'List warnings',
    description: 'Newest first: endpoints that fail, and webhooks that were disabled for it.',
    reply: WarningsReply,
  })
  async list(
    @Caller() caller: Principal,
    @Query(new ParsedPipe(ListWarnings)) query: ListWarnings,
  ): Promise<z.infer<typeof WarningsReply>> {
    const { webhook_prn: webhook, kind } = query;
    const listing = ['warnings', caller.organization, webhook, kind];
    const after = positionIn(listing, query.page);
    const found = await this.warnings.list(caller.organization, {
      limit: query.limit + 1,
      after: after === undefined ? undefined : { insertedAt: new Date(after.atMs), id: after.id },
      webhook,
      kind,
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      warnings: rows.map(warningView),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.id }),
    };
  }
}
