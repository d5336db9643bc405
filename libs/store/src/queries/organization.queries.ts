import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { audit } from '../audit/audit.js';
import type { Author } from '../audit/author.js';
import { Database, type Alongside } from '../database.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import type { Listing } from './listing.js';

/** What the operator does with organizations; each change in one transaction with its entry in the audit log. */
@Injectable()
export class OrganizationQueries {
  constructor(private readonly database: Database) {}

  async find(prn: Prn<'organization'>): Promise<OrganizationEntity | undefined> {
    const found = await this.database.run((manager) => manager.findOneBy(OrganizationEntity, { prn }));
    return found ?? undefined;
  }

  list({ order, limit, after }: Listing): Promise<OrganizationEntity[]> {
    return this.database.run((manager) => {
      const direction = order === 'asc' ? 'ASC' : 'DESC';
      const query = manager
        .createQueryBuilder(OrganizationEntity, 'o')
        .orderBy('o.insertedAt', direction)
        .addOrderBy('o.prn', direction)
        .take(limit);
      if (after !== undefined)
        query.where(`(o.insertedAt, o.prn) ${order === 'asc' ? '>' : '<'} (:insertedAt, :prn)`, {
          insertedAt: new Date(after.insertedAtMs),
          prn: after.prn,
        });
      return query.getMany();
    });
  }

  create(organization: OrganizationEntity, author: Author, alongside?: Alongside): Promise<void> {
    return this.database.transaction(async (manager) => {
      await manager.insert(OrganizationEntity, organization);
      await audit(manager, {
        author,
        organization: organization.prn,
        action: 'organization.created',
        resource: organization.prn,
        after: organization,
      });
      await alongside?.(manager);
    });
  }

  /** @returns undefined when there is no such organization */
  rename(prn: Prn<'organization'>, name: string, author: Author, now: Date): Promise<OrganizationEntity | undefined> {
    return this.database.transaction(async (manager) => {
      const before = await manager.findOne(OrganizationEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
      if (before === null) return undefined;
      if (before.name === name) return before;
      const after = Object.assign({}, before, { name, updatedAt: now });
      await manager.update(OrganizationEntity, { prn }, { name, updatedAt: now });
      await audit(manager, {
        author,
        organization: prn,
        action: 'organization.updated',
        resource: prn,
        before,
        after,
      });
      return after;
    });
  }
}
