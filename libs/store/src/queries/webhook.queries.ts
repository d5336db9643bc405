import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName, Prn } from '@fleethook/events';
import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-action.js';
import { SYSTEM, type Author } from '../audit/author.js';
import { liveSecrets, webhookConfigOf } from '../config-of.js';
import { Database, type Alongside } from '../database.js';
import { OrganizationEntity } from '../entities/organization.entity.js';
import { WebhookEntity, type DisabledBy } from '../entities/webhook.entity.js';
import { insertWarning } from '../health/warning.queries.js';
import type { WarningDetails } from '../health/webhook-warning.js';
import { changed, enqueue, removed } from '../outbox.js';
import { holdEventTypes } from './held-event-types.js';
import { listed, type WebhookListing } from './webhook-listing.js';
import { endWindowsOf } from '../replays/bookmark-windows.queries.js';
import { passOverCatchUps, resumeCatchUps } from '../replays/catch-ups.js';
import { insertReplay, type NewReplay } from '../replays/replay.queries.js';

/** What an update may change. */
export type WebhookChange = Partial<
  Pick<
    WebhookEntity,
    | 'url'
    | 'description'
    | 'enabledEvents'
    | 'filter'
    | 'timeoutMs'
    | 'maxConcurrency'
    | 'ratePerSecond'
    | 'lanes'
    | 'headerNames'
    | 'sealedHeaders'
    | 'sealedBasicAuth'
    | 'state'
    | 'disabledBy'
    | 'enabledAt'
    | 'beginsAt'
    | 'secrets'
  >
> & {
  /** Asked for together with the change: either both are, or none. */
  startReplay?: { replay: NewReplay; maxOpen: number };
};

/** What a webhook is to be disabled for, and how old that is: nothing from before it was last enabled or verified counts. */
export interface DisableCause {
  readonly by: Exclude<DisabledBy, 'user'>;
  readonly asOf: Date;
  /** Of the configuration; where it is known, clocks do not matter. */
  readonly asOfVersion?: number | undefined;
  /** For the warning. */
  readonly details?: WarningDetails;
}

/** What is to become of a webhook, decided while its row is locked. `first`: something that takes time, after which it is decided anew. */
export type Decision =
  { kind: 'change'; change: WebhookChange } | { kind: 'nothing' } | { kind: 'first'; work: () => Promise<void> };

export type CreateResult =
  | { kind: 'created' }
  /** Of the events that it would name; nothing is made. */
  | { kind: 'unknown_events'; unknown: EventName[] }
  | { kind: 'too_many' };

export type ChangeResult =
  | { kind: 'changed'; webhook: WebhookEntity; change: WebhookChange }
  | { kind: 'nothing'; webhook: WebhookEntity }
  | { kind: 'first'; work: () => Promise<void> }
  /** Of the events that it would name; nothing is changed. */
  | { kind: 'unknown_events'; unknown: EventName[] }
  /** The organization has as many replays open as it may: nothing is changed. */
  | { kind: 'too_many_replays' }
  | { kind: 'missing' };

/** Every change takes the row's lock, raises its version, and goes to the outbox and the audit log, all in one transaction. */
@Injectable()
export class WebhookQueries {
  constructor(private readonly database: Database) {}

  async find(organization: Prn<'organization'>, prn: Prn<'webhook'>): Promise<WebhookEntity | undefined> {
    const found = await this.database.run((manager) =>
      manager.findOneBy(WebhookEntity, { prn, organizationPrn: organization }),
    );
    return found ?? undefined;
  }

  list(organization: Prn<'organization'>, listing: WebhookListing): Promise<WebhookEntity[]> {
    return this.database.run((manager) => listed(manager, organization, listing));
  }

  /**
   * @param maxPerOrganization counted under the organization's lock, so that not even two at once come to more
   * @param alongside what else the transaction is to do
   */
  create(
    webhook: WebhookEntity,
    maxPerOrganization: number,
    author: Author,
    alongside?: Alongside,
  ): Promise<CreateResult> {
    const { organizationPrn: organization, prn: resource } = webhook;
    return this.database.transaction(async (manager) => {
      await manager.findOne(OrganizationEntity, { where: { prn: organization }, lock: { mode: 'for_no_key_update' } });
      if ((await manager.countBy(WebhookEntity, { organizationPrn: organization })) >= maxPerOrganization)
        return { kind: 'too_many' };
      const unknown = await holdEventTypes(manager, organization, webhook.enabledEvents);
      if (unknown.length > 0) return { kind: 'unknown_events', unknown };
      await manager.insert(WebhookEntity, webhook);
      await audit(manager, { author, organization, action: 'webhook.created', resource, after: webhook });
      await enqueue(manager, [changed(webhookConfigOf(webhook, Date.now()))]);
      await alongside?.(manager);
      return { kind: 'created' };
    });
  }

  /** @param decide on the webhook as it is, while nobody else can change it; so of those who come at once none is refused */
  change(
    organization: Prn<'organization'>,
    prn: Prn<'webhook'>,
    decide: (webhook: WebhookEntity, now: Date) => Decision,
    author: Author,
  ): Promise<ChangeResult> {
    return this.database.transaction(async (manager) => {
      const webhook = await locked(manager, prn);
      if (webhook?.organizationPrn !== organization) return { kind: 'missing' };
      const now = new Date();
      const decision = decide(webhook, now);
      if (decision.kind === 'nothing') return { kind: 'nothing', webhook };
      if (decision.kind === 'first') return decision;
      const { change } = decision;
      const { startReplay, enabledEvents = [] } = change;
      const unknown = await holdEventTypes(manager, organization, enabledEvents);
      if (unknown.length > 0) return { kind: 'unknown_events', unknown };
      if (startReplay !== undefined) {
        const { replay, maxOpen } = startReplay;
        if ((await insertReplay(manager, replay, maxOpen, author, now)) === undefined)
          return { kind: 'too_many_replays' };
        await resumeCatchUps(manager, webhook, author, now);
      }
      if (change.beginsAt !== undefined) await passOverCatchUps(manager, prn, now);
      return { kind: 'changed', webhook: await apply(manager, webhook, change, author, now), change };
    });
  }

  /** @returns false when there is no such webhook */
  delete(organization: Prn<'organization'>, prn: Prn<'webhook'>, author: Author): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const webhook = await locked(manager, prn);
      if (webhook?.organizationPrn !== organization) return false;
      await manager.delete(WebhookEntity, { prn });
      await audit(manager, { author, organization, action: 'webhook.deleted', resource: prn, before: webhook });
      await enqueue(manager, [removed(prn)]);
      return true;
    });
  }

  /** Only while it is enabled, so a repeat changes nothing. The customer finds it among the warnings. */
  disable(prn: Prn<'webhook'>, cause: DisableCause, now: Date): Promise<boolean> {
    const { by, details } = cause;
    return this.database.transaction(async (manager) => {
      const webhook = await locked(manager, prn);
      if (webhook?.state !== 'enabled' || isBefore(cause, webhook)) return false;
      const { organizationPrn: organization, enabledAt } = webhook;
      await apply(manager, webhook, { state: 'disabled', disabledBy: by }, SYSTEM, now);
      const sinceMs = enabledAt.getTime();
      const told = { ...details, disabledBy: by };
      await insertWarning(manager, { organization, webhook: prn, kind: 'disabled', sinceMs, details: told }, now);
      return true;
    });
  }

  /** All webhooks of all organizations by PRN, a page at a time: for the sweep. */
  page(after: string, limit: number): Promise<WebhookEntity[]> {
    return this.database.run((manager) =>
      manager
        .createQueryBuilder(WebhookEntity, 'w')
        .where('w.prn > :after', { after })
        .orderBy('w.prn', 'ASC')
        .take(limit)
        .getMany(),
    );
  }

  /**
   * Publishes a webhook again as it is now, above `seenVersion`, which readers may hold already; a deleted one as a tombstone. Secrets that
   * have expired go for good.
   */
  republish(prn: Prn<'webhook'>, seenVersion: number | undefined): Promise<void> {
    return this.database.transaction(async (manager) => {
      const webhook = await locked(manager, prn);
      if (webhook === undefined) return enqueue(manager, [removed(prn)]);
      const nowMs = Date.now();
      const secrets = liveSecrets(webhook.secrets, nowMs);
      const version = Math.max(webhook.version, seenVersion ?? 0) + 1;
      const again = Object.assign(webhook, { secrets, version });
      await manager.update(WebhookEntity, { prn }, { secrets, version });
      return enqueue(manager, [changed(webhookConfigOf(again, nowMs))]);
    });
  }
}

async function locked(manager: EntityManager, prn: Prn<'webhook'>): Promise<WebhookEntity | undefined> {
  const found = await manager.findOne(WebhookEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
  return found ?? undefined;
}

function isBefore({ asOf, asOfVersion }: DisableCause, { enabledAt, verifiedVersion }: WebhookEntity): boolean {
  return asOfVersion === undefined ? asOf <= enabledAt : asOfVersion < verifiedVersion;
}

async function apply(
  manager: EntityManager,
  webhook: WebhookEntity,
  change: WebhookChange,
  author: Author,
  now: Date,
): Promise<WebhookEntity> {
  const before = Object.assign({}, webhook);
  const { startReplay: _started, ...columns } = change;
  const version = webhook.version + 1;
  const verified = change.enabledAt === undefined ? {} : { verifiedVersion: version };
  const written = { ...columns, ...bookmarkOf(change, now), ...verified, version, updatedAt: now };
  const next = Object.assign(webhook, written);
  await manager.update(WebhookEntity, { prn: webhook.prn }, written);
  if (change.state === 'disabled') await endWindowsOf(manager, webhook.prn, now);
  const { organizationPrn: organization, prn: resource } = webhook;
  await audit(manager, { author, organization, action: actionOf(before, change), resource, before, after: next });
  await enqueue(manager, [changed(webhookConfigOf(next, now.getTime()))]);
  return next;
}

/** Whoever disables it, by hand or not, leaves a bookmark. */
function bookmarkOf({ state }: WebhookChange, now: Date): { disabledAt?: Date | null } {
  if (state === undefined) return {};
  return { disabledAt: state === 'disabled' ? now : null };
}

/** By what weighs most: enabling may change the URL, too. */
function actionOf(before: WebhookEntity, { state, secrets }: WebhookChange): AuditAction {
  if (state !== undefined && state !== before.state)
    return state === 'enabled' ? 'webhook.enabled' : 'webhook.disabled';
  return secrets === undefined ? 'webhook.updated' : 'webhook.secret_rolled';
}
