import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import { API_KEY_SCOPES, hashApiKey } from '@fleethook/messages';
import { LOCK_SPACE, LOCKS } from '../advisory-locks.js';
import { audit } from '../audit/audit.js';
import { SYSTEM } from '../audit/author.js';
import { Database } from '../database.js';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import { insertApiKey } from './api-key.queries.js';

/** The first API key, which the settings name. */
@Injectable()
export class BootstrapKeyQueries {
  constructor(private readonly database: Database) {}

  /**
   * The first organization and its key, with all scopes, unless the key is known. Several processes may try at once.
   * @returns `revoked`: it was known once and is not any more; it is not made a second time
   */
  make(key: string, now: Date): Promise<'made' | 'known' | 'revoked'> {
    const hash = hashApiKey(key);
    return this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, LOCKS.bootstrap]);
      const [isNew] = await manager.query<unknown[]>(
        'INSERT INTO bootstrap_keys (hash, inserted_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING hash',
        [hash, now],
      );
      if (await manager.existsBy(ApiKeyEntity, { hash })) return 'known';
      if (isNew === undefined) return 'revoked';
      const organizationPrn = await firstOrganization(manager, now);
      const made: ApiKeyEntity = {
        prn: newPrn(organizationPrn, 'api_key'),
        organizationPrn,
        name: 'first',
        hash,
        scopes: [...API_KEY_SCOPES],
        expiresAt: null,
        creatorPrn: null,
        version: 1,
        insertedAt: now,
        updatedAt: now,
      };
      await insertApiKey(manager, made, SYSTEM);
      return 'made';
    });
  }
}

/** The oldest; made when there is none. */
async function firstOrganization(manager: EntityManager, now: Date): Promise<Prn<'organization'>> {
  const [first] = await manager.find(OrganizationEntity, { order: { insertedAt: 'ASC', prn: 'ASC' }, take: 1 });
  if (first !== undefined) return first.prn;
  const organization = { prn: newOrganizationPrn(), name: 'first', insertedAt: now, updatedAt: now };
  await manager.insert(OrganizationEntity, organization);
  await audit(manager, {
    author: SYSTEM,
    organization: organization.prn,
    action: 'organization.created',
    resource: organization.prn,
    after: organization,
  });
  return organization.prn;
}
