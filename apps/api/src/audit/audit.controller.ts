import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { timestampOf } from '@fleethook/events';
import { AuditLog, type AuditEntry } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { boundCursor, narrowedBy, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { Operation } from '../openapi/operation.decorator.js';
import { AuditLogReply, ListAudit } from './audit.schemas.js';

/** Who changed what in the caller's organization. */
@Controller('audit-log')
@UseGuards(ApiKeyGuard)
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'List changes',
    description: 'Newest first: who changed what, and when.',
    reply: AuditLogReply,
  })
  async list(@Caller() caller: Principal, @Query(new ParsedPipe(ListAudit)) query: ListAudit): Promise<AuditLogReply> {
    const { limit, page, ...filters } = query;
    const listing = ['audit-log', caller.organization, narrowedBy(filters)];
    const after = positionIn(listing, page);
    const found = await this.log.list(caller.organization, {
      resource: filters.resource_prn,
      actor: filters.actor,
      action: filters.action,
      from: filters.inserted_at_gte,
      to: filters.inserted_at_lt,
      after: after === undefined ? undefined : { insertedAt: new Date(after.atMs), id: after.id },
      limit: limit + 1,
    });
    const { rows, last } = pageOf(found, limit);
    return {
      audit_log: rows.map(viewOf),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.id }),
    };
  }
}

function viewOf(entry: AuditEntry): AuditLogReply['audit_log'][number] {
  return {
    id: entry.id,
    inserted_at: timestampOf(entry.insertedAt.getTime()),
    actor: entry.actor,
    action: entry.action,
    resource_prn: entry.resource,
    before: entry.before,
    after: entry.after,
    request_id: entry.requestId,
  };
}
