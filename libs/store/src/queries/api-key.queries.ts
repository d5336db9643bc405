import { Injectable } from '@nestjs/common';
import { newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import { API_KEY_SCOPES, hashApiKey } from '@fleethook/messages';
import { LOCK_SPACE, LOCKS } from '../advisory-locks.js';
import { apiKeyConfigOf } from '../config-of.js';
import { Database } from '../database.js';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import { changed, enqueue, removed } from '../outbox.js';

@Injectable()
export class ApiKeyQueries {
  constructor(private readonly database: Database) {}

  async findByHash(hash: string): Promise<ApiKeyEntity | undefined> {
    const found = await this.database.run((manager) => manager.findOneBy(ApiKeyEntity, { hash }));
    return found ?? undefined;
  }

  /** The first organization and its key, with all scopes, unless the key is known. Several processes may try at once. */
  async bootstrap(key: string, now: Date): Promise<ApiKeyEntity> {
    const hash = hashApiKey(key);
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, LOCKS.bootstrap]);
      const known = await manager.findOneBy(ApiKeyEntity, { hash });
      if (known !== null) return known;
      const [first] = await manager.find(OrganizationEntity, { order: { insertedAt: 'ASC', prn: 'ASC' }, take: 1 });
      const organization = first ?? { prn: newOrganizationPrn(), name: 'first', insertedAt: now };
      if (first === undefined) await manager.insert(OrganizationEntity, organization);
      const made: ApiKeyEntity = {
        prn: newPrn(organization.prn, 'api_key'),
        organizationPrn: organization.prn,
        name: 'first',
        hash,
        scopes: [...API_KEY_SCOPES],
        expiresAt: null,
        version: 1,
        insertedAt: now,
      };
      await manager.insert(ApiKeyEntity, made);
      await enqueue(manager, [changed(apiKeyConfigOf(made))]);
      return made;
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
      const key = await manager.findOne(ApiKeyEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
      if (key === null) return enqueue(manager, [removed(prn)]);
      const version = Math.max(key.version, seenVersion ?? 0) + 1;
      await manager.update(ApiKeyEntity, { prn }, { version });
      return enqueue(manager, [changed(apiKeyConfigOf(Object.assign(key, { version })))]);
    });
  }
}
