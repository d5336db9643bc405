import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { timestampOf } from '@fleethook/events';
import { AuditLog, type AuditEntry } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { encodeCursor } from '../listing/cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { ListAudit, type AuditLogReply } from './audit.schemas.js';

/** Who changed what in the caller's organization. */
@Controller('audit-log')
@UseGuards(ApiKeyGuard)
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @RequireScope('read')
  async list(@Caller() caller: Principal, @Query(new ParsedPipe(ListAudit)) query: ListAudit): Promise<AuditLogReply> {
    const found = await this.log.list(caller.organization, {
      resource: query.resource_prn,
      actor: query.actor,
      action: query.action,
      from: query.inserted_at_gte,
      to: query.inserted_at_lt,
      after: query.page === undefined ? undefined : { insertedAt: new Date(query.page.atMs), id: query.page.id },
      limit: query.limit + 1,
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      audit_log: rows.map(viewOf),
      next_page: last === undefined ? null : encodeCursor({ atMs: last.insertedAt.getTime(), id: last.id }),
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
