import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import { apiKeyCreated } from '../api-key-created.js';
import { audit } from '../audit/audit.js';
import type { Author } from '../audit/author.js';
import { apiKeyConfigOf } from '../config-of.js';
import { Database, type Alongside } from '../database.js';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import { enqueueEvent } from '../event-outbox.js';
import { changed, enqueue, removed } from '../outbox.js';
import type { Listing } from './listing.js';

/** The data plane holds every key in memory. */
const MAX_KEYS_OF_ORGANIZATION = 1_000;

export type ApiKeyChange = Partial<Pick<ApiKeyEntity, 'name' | 'expiresAt'>>;

export interface ApiKeyUpdate {
  readonly key: ApiKeyEntity;
  /** Empty when there was nothing to change. */
  readonly change: ApiKeyChange;
}

/** Every change takes the row's lock, raises its version, and goes to the outbox and the audit log, all in one transaction. */
@Injectable()
export class ApiKeyQueries {
  constructor(private readonly database: Database) {}

  async findByHash(hash: string): Promise<ApiKeyEntity | undefined> {
    const found = await this.database.run((manager) => manager.findOneBy(ApiKeyEntity, { hash }));
    return found ?? undefined;
  }

  async find(organization: Prn<'organization'>, prn: Prn<'api_key'>): Promise<ApiKeyEntity | undefined> {
    const found = await this.database.run((manager) =>
      manager.findOneBy(ApiKeyEntity, { prn, organizationPrn: organization }),
    );
    return found ?? undefined;
  }

  list(organization: Prn<'organization'>, { order, limit, after }: Listing): Promise<ApiKeyEntity[]> {
    return this.database.run((manager) => {
      const direction = order === 'asc' ? 'ASC' : 'DESC';
      const query = manager
        .createQueryBuilder(ApiKeyEntity, 'k')
        .where('k.organizationPrn = :organization', { organization })
        .orderBy('k.insertedAt', direction)
        .addOrderBy('k.prn', direction)
        .take(limit);
      if (after !== undefined)
        query.andWhere(`(k.insertedAt, k.prn) ${order === 'asc' ? '>' : '<'} (:insertedAt, :prn)`, {
          insertedAt: new Date(after.insertedAtMs),
          prn: after.prn,
        });
      return query.getMany();
    });
  }

  /**
   * With its `api_key.created`, which is published once Kafka has it.
   * @param alongside what else the transaction is to do
   * @returns false, and nothing is made, when the organization has as many as it may
   */
  create(key: ApiKeyEntity, author: Author, alongside?: Alongside): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      // Two at once must not both find room for the last one.
      await manager.findOneOrFail(OrganizationEntity, {
        where: { prn: key.organizationPrn },
        lock: { mode: 'pessimistic_write' },
      });
      const count = await manager.countBy(ApiKeyEntity, { organizationPrn: key.organizationPrn });
      if (count >= MAX_KEYS_OF_ORGANIZATION) return false;
      await insertApiKey(manager, key, author);
      await enqueueEvent(manager, apiKeyCreated(key, key.insertedAt.getTime()));
      await alongside?.(manager);
      return true;
    });
  }

  /**
   * @param decide on the key as it is, while nobody else can change it; what it throws ends this, and nothing is changed
   * @returns undefined when there is no such key
   */
  update(
    organization: Prn<'organization'>,
    prn: Prn<'api_key'>,
    decide: (key: ApiKeyEntity) => ApiKeyChange,
    author: Author,
    now: Date,
  ): Promise<ApiKeyUpdate | undefined> {
    return this.database.transaction(async (manager) => {
      const before = await locked(manager, prn);
      if (before?.organizationPrn !== organization) return undefined;
      const change = decide(before);
      if (Object.keys(change).length === 0) return { key: before, change };
      const after = Object.assign({}, before, change, { version: before.version + 1, updatedAt: now });
      await manager.update(ApiKeyEntity, { prn }, { ...change, version: after.version, updatedAt: now });
      await audit(manager, { author, organization, action: 'api_key.updated', resource: prn, before, after });
      await enqueue(manager, [changed(apiKeyConfigOf(after))]);
      return { key: after, change };
    });
  }

  /** For good. @returns false when there is no such key */
  revoke(organization: Prn<'organization'>, prn: Prn<'api_key'>, author: Author): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const before = await locked(manager, prn);
      if (before?.organizationPrn !== organization) return false;
      await manager.delete(ApiKeyEntity, { prn });
      await audit(manager, { author, organization, action: 'api_key.revoked', resource: prn, before });
      await enqueue(manager, [removed(prn)]);
      return true;
    });
  }

  /** All keys by PRN, a page at a time: for the sweep. */
  page(after: string, limit: number): Promise<ApiKeyEntity[]> {
    return this.database.run((manager) =>
      manager
        .createQueryBuilder(ApiKeyEntity, 'k')
        .where('k.prn > :after', { after })
        .orderBy('k.prn', 'ASC')
        .take(limit)
        .getMany(),
    );
  }

  /** Publishes a key again above `seenVersion`, which readers may hold already; one that is gone as a tombstone. */
  republish(prn: Prn<'api_key'>, seenVersion: number | undefined): Promise<void> {
    return this.database.transaction(async (manager) => {
      const key = await locked(manager, prn);
      if (key === undefined) return enqueue(manager, [removed(prn)]);
      const version = Math.max(key.version, seenVersion ?? 0) + 1;
      await manager.update(ApiKeyEntity, { prn }, { version });
      return enqueue(manager, [changed(apiKeyConfigOf(Object.assign(key, { version })))]);
    });
  }
}

async function locked(manager: EntityManager, prn: Prn<'api_key'>): Promise<ApiKeyEntity | undefined> {
  const found = await manager.findOne(ApiKeyEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
  return found ?? undefined;
}

/** With what has to go with it: its line in the audit log, and its message for the data plane. */
export async function insertApiKey(manager: EntityManager, key: ApiKeyEntity, author: Author): Promise<void> {
  await manager.insert(ApiKeyEntity, key);
  const { organizationPrn: organization, prn: resource } = key;
  await audit(manager, { author, organization, action: 'api_key.created', resource, after: key });
  await enqueue(manager, [changed(apiKeyConfigOf(key))]);
}
