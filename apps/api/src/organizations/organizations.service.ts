import { Injectable } from '@nestjs/common';
import { isPrn, newOrganizationPrn, timestampOf } from '@fleethook/events';
import { OrganizationQueries, type Author, type OrganizationEntity } from '@fleethook/store';
import type { ListByAge } from '../api-keys/api-key.schemas.js';
import { checkPathPrn } from '../http/path-prn.js';
import { notFound } from '../errors/problems.js';
import type { KeepReply } from '../idempotency/idempotency.interceptor.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import type {
  CreateOrganization,
  OrganizationReply,
  OrganizationsReply,
  UpdateOrganization,
} from './organization.schemas.js';

@Injectable()
export class OrganizationsService {
  constructor(private readonly queries: OrganizationQueries) {}

  async create(operator: Author, input: CreateOrganization, keep: KeepReply): Promise<OrganizationReply> {
    const now = new Date();
    const made: OrganizationEntity = { prn: newOrganizationPrn(), name: input.name, insertedAt: now, updatedAt: now };
    const reply = { organization: viewOf(made) };
    await this.queries.create(made, operator, (transaction) => keep(transaction, reply));
    return reply;
  }

  /** @throws Refusal 404 */
  async find(prn: string): Promise<OrganizationEntity> {
    const found = isPrn(prn, 'organization') ? await this.queries.find(prn) : undefined;
    if (found === undefined) throw notFound();
    return found;
  }

  async get(prn: string): Promise<OrganizationReply> {
    return { organization: viewOf(await this.find(prn)) };
  }

  async list(query: ListByAge): Promise<OrganizationsReply> {
    const listing = ['organizations', query.order];
    const after = positionIn(listing, query.page);
    const found = await this.queries.list({
      order: query.order,
      limit: query.limit + 1,
      after: after === undefined ? undefined : { insertedAtMs: after.atMs, prn: after.id },
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      organizations: rows.map(viewOf),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.prn }),
    };
  }

  async update(operator: Author, prn: string, input: UpdateOrganization): Promise<OrganizationReply> {
    checkPathPrn(prn, input);
    const current = await this.find(prn);
    // Writing the name that was read would undo what somebody else wrote meanwhile.
    if (input.name === undefined) return { organization: viewOf(current) };
    const changed = await this.queries.rename(current.prn, input.name, operator, new Date());
    if (changed === undefined) throw notFound();
    return { organization: viewOf(changed) };
  }
}

function viewOf(organization: OrganizationEntity): OrganizationReply['organization'] {
  return {
    prn: organization.prn,
    name: organization.name,
    inserted_at: timestampOf(organization.insertedAt.getTime()),
    updated_at: timestampOf(organization.updatedAt.getTime()),
  };
}
