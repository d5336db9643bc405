import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { EventName, Prn } from '@fleethook/events';
import { configKey } from '@fleethook/messages';
import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-action.js';
import type { Author } from '../audit/author.js';
import { eventTypeConfigOf } from '../config-of.js';
import { Database, type Alongside } from '../database.js';
import { EventTypeEntity } from '../entities/event-type.entity.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import { WebhookEntity } from '../entities/webhook.entity.js';
import { changed, enqueue, removed } from '../outbox.js';

/** Whose type, and which. */
export type EventTypeKey = Pick<EventTypeEntity, 'organizationPrn' | 'name'>;

export interface EventTypeListing {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** By name, itself not included. */
  readonly after: string | undefined;
  /** The half of the name before the point. */
  readonly category: string | undefined;
}

export type EventTypeChange = Partial<Pick<EventTypeEntity, 'description' | 'schemaJson' | 'exampleJson'>>;

export type RegisterResult = 'registered' | 'known' | 'too_many';
export type EventTypeUpdate =
  { kind: 'updated'; eventType: EventTypeEntity } | { kind: 'missing' } | { kind: 'conflict' };
/** `subscribed`: webhooks name it, of which these are some. */
export type EventTypeRemoval = { kind: 'removed' | 'missing' } | { kind: 'subscribed'; webhooks: Prn<'webhook'>[] };

/** Every change takes the row's lock, raises its version, and goes to the outbox and the audit log, all in one transaction. */
@Injectable()
export class EventTypeQueries {
  constructor(private readonly database: Database) {}

  async find(key: EventTypeKey): Promise<EventTypeEntity | undefined> {
    const found = await this.database.run((manager) => manager.findOneBy(EventTypeEntity, pick(key)));
    return found ?? undefined;
  }

  /** Those of the names that the organization registered. */
  async namesAmong(organization: Prn<'organization'>, names: readonly EventName[]): Promise<Set<EventName>> {
    if (names.length === 0) return new Set();
    const found = await this.database.run((manager) =>
      manager.find(EventTypeEntity, {
        select: { name: true },
        where: { organizationPrn: organization, name: In([...names]) },
      }),
    );
    return new Set(found.map(({ name }) => name));
  }

  list(organization: Prn<'organization'>, listing: EventTypeListing): Promise<EventTypeEntity[]> {
    return this.database.run((manager) => {
      const query = manager
        .createQueryBuilder(EventTypeEntity, 't')
        .where('t.organizationPrn = :organization', { organization })
        .orderBy('t.name', listing.order === 'asc' ? 'ASC' : 'DESC')
        .take(listing.limit);
      if (listing.after !== undefined)
        query.andWhere(`t.name ${listing.order === 'asc' ? '>' : '<'} :after`, { after: listing.after });
      if (listing.category !== undefined)
        query.andWhere(`split_part(t.name, '.', 1) = :category`, { category: listing.category });
      return query.getMany();
    });
  }

  /**
   * @param maxPerOrganization counted under the organization's lock, so that not even two at once come to more
   * @param alongside what else the transaction is to do
   */
  register(
    eventType: EventTypeEntity,
    maxPerOrganization: number,
    author: Author,
    alongside?: Alongside,
  ): Promise<RegisterResult> {
    const { organizationPrn } = eventType;
    return this.database.transaction(async (manager) => {
      await manager.findOne(OrganizationEntity, {
        where: { prn: organizationPrn },
        lock: { mode: 'for_no_key_update' },
      });
      if (await manager.existsBy(EventTypeEntity, pick(eventType))) return 'known';
      if ((await manager.countBy(EventTypeEntity, { organizationPrn })) >= maxPerOrganization) return 'too_many';
      await manager.insert(EventTypeEntity, eventType);
      await record(manager, author, 'event_type.created', undefined, eventType);
      await enqueue(manager, [changed(eventTypeConfigOf(eventType))]);
      await alongside?.(manager);
      return 'registered';
    });
  }

  /** @param expectedVersion of the row that the change was decided on */
  update(
    key: EventTypeKey,
    expectedVersion: number,
    change: EventTypeChange,
    author: Author,
    now: Date,
  ): Promise<EventTypeUpdate> {
    return this.database.transaction(async (manager) => {
      const eventType = await locked(manager, key);
      if (eventType === undefined) return { kind: 'missing' };
      if (eventType.version !== expectedVersion) return { kind: 'conflict' };
      const written = { ...change, version: eventType.version + 1, updatedAt: now };
      await manager.update(EventTypeEntity, pick(key), written);
      const next = Object.assign({}, eventType, written);
      await record(manager, author, 'event_type.updated', eventType, next);
      await enqueue(manager, [changed(eventTypeConfigOf(next))]);
      return { kind: 'updated', eventType: next };
    });
  }

  /** Only while no webhook names it. @param maxNamed how many of those that do are named */
  remove(key: EventTypeKey, maxNamed: number, author: Author): Promise<EventTypeRemoval> {
    return this.database.transaction(async (manager) => {
      const eventType = await locked(manager, key);
      if (eventType === undefined) return { kind: 'missing' };
      const subscribed = await manager
        .createQueryBuilder(WebhookEntity, 'w')
        .select('w.prn')
        .where('w.organizationPrn = :organization AND :name = ANY(w.enabledEvents)', {
          organization: key.organizationPrn,
          name: key.name,
        })
        .orderBy('w.prn', 'ASC')
        .take(maxNamed)
        .getMany();
      if (subscribed.length > 0) return { kind: 'subscribed', webhooks: subscribed.map(({ prn }) => prn) };
      await manager.delete(EventTypeEntity, pick(key));
      await record(manager, author, 'event_type.deleted', eventType, undefined);
      await enqueue(manager, [removed(configKey(eventTypeConfigOf(eventType)))]);
      return { kind: 'removed' };
    });
  }

  /** All types of all organizations by organization and name, a page at a time: for the sweep. */
  page(after: EventTypeKey | undefined, limit: number): Promise<EventTypeEntity[]> {
    return this.database.run((manager) => {
      const query = manager
        .createQueryBuilder(EventTypeEntity, 't')
        .orderBy('t.organizationPrn', 'ASC')
        .addOrderBy('t.name', 'ASC')
        .take(limit);
      if (after !== undefined) query.where('(t.organizationPrn, t.name) > (:organizationPrn, :name)', pick(after));
      return query.getMany();
    });
  }

  /** Publishes a type again above `seenVersion`, which readers may hold already; one that is gone as a tombstone. */
  republish(key: EventTypeKey, seenVersion: number | undefined): Promise<void> {
    return this.database.transaction(async (manager) => {
      const eventType = await locked(manager, key);
      if (eventType === undefined)
        return enqueue(manager, [
          removed(configKey({ kind: 'event_type', organization: key.organizationPrn, name: key.name })),
        ]);
      const version = Math.max(eventType.version, seenVersion ?? 0) + 1;
      await manager.update(EventTypeEntity, pick(key), { version });
      return enqueue(manager, [changed(eventTypeConfigOf(Object.assign(eventType, { version })))]);
    });
  }
}

const pick = ({ organizationPrn, name }: EventTypeKey): EventTypeKey => ({ organizationPrn, name });

/** A type has no PRN: its name stands for it. */
async function record(
  manager: EntityManager,
  author: Author,
  action: AuditAction,
  before: EventTypeEntity | undefined,
  after: EventTypeEntity | undefined,
): Promise<void> {
  const { organizationPrn: organization, name: resource } = (after ?? before) as EventTypeKey;
  await audit(manager, { author, organization, action, resource, before: shown(before), after: shown(after) });
}

/** As clients see it: schema and example as JSON. */
function shown(eventType: EventTypeEntity | undefined): object | undefined {
  if (eventType === undefined) return undefined;
  const { name, description, schemaJson, exampleJson } = eventType;
  const [schema, example] = [schemaJson, exampleJson].map((text): unknown => JSON.parse(text));
  return { name, description, schema, example };
}

async function locked(manager: EntityManager, key: EventTypeKey): Promise<EventTypeEntity | undefined> {
  const found = await manager.findOne(EventTypeEntity, { where: pick(key), lock: { mode: 'pessimistic_write' } });
  return found ?? undefined;
}
