import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-action.js';
import type { Author } from '../audit/author.js';
import { Database, type Transaction } from '../database.js';
import { ReplayEntity, type ReplayState } from './replay.entity.js';

/** Wakes the process that runs replays; a wake-up can be lost and must never be needed. */
export const REPLAY_CHANNEL = 'fleethook_replays';

/** States that a client's call leads from. */
const OPEN_STATES = ['counting', 'running', 'paused'] as const satisfies readonly ReplayState[];

export interface ReplayListing {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after: { readonly insertedAtMs: number; readonly prn: string } | undefined;
  readonly state: ReplayState | undefined;
  readonly webhook: string | undefined;
}

/** A replay as it was asked for. */
export type NewReplay = Pick<
  ReplayEntity,
  'prn' | 'organizationPrn' | 'webhookPrn' | 'source' | 'from' | 'to' | 'filter' | 'ratePerSecond' | 'dryRun'
>;

/** What else the transaction is to do that a replay is made in. */
export type AlongsideReplay = (transaction: Transaction, replay: ReplayEntity) => Promise<void>;

/** What clients ask of replays, each with its entry in the audit log; how they are run is in replay-runs.queries.ts. @throws StoreError */
@Injectable()
export class ReplayQueries {
  constructor(private readonly database: Database) {}

  /** @returns undefined when the organization has `maxOpen` already that have not ended */
  create(
    replay: NewReplay,
    maxOpen: number,
    author: Author,
    now: Date,
    alongside?: AlongsideReplay,
  ): Promise<ReplayEntity | undefined> {
    return this.database.transaction(async (manager) => {
      const made = await insertReplay(manager, replay, maxOpen, author, now);
      if (made !== undefined) await alongside?.(manager, made);
      return made;
    });
  }

  async find(organization: Prn<'organization'>, prn: Prn<'replay'>): Promise<ReplayEntity | undefined> {
    const found = await this.database.run((manager) =>
      manager.findOneBy(ReplayEntity, { prn, organizationPrn: organization }),
    );
    return found ?? undefined;
  }

  list(organization: Prn<'organization'>, listing: ReplayListing): Promise<ReplayEntity[]> {
    const { order, limit, after, state, webhook } = listing;
    return this.database.run((manager) => {
      const direction = order === 'asc' ? 'ASC' : 'DESC';
      const query = manager
        .createQueryBuilder(ReplayEntity, 'r')
        .where('r.organizationPrn = :organization', { organization })
        .orderBy('r.insertedAt', direction)
        .addOrderBy('r.prn', direction)
        .take(limit);
      if (state !== undefined) query.andWhere('r.state = :state', { state });
      if (webhook !== undefined) query.andWhere('r.webhookPrn = :webhook', { webhook });
      if (after !== undefined)
        query.andWhere(`(r.insertedAt, r.prn) ${order === 'asc' ? '>' : '<'} (:insertedAt, :prn)`, {
          insertedAt: new Date(after.insertedAtMs),
          prn: after.prn,
        });
      return query.getMany();
    });
  }

  /**
   * Stops it for now, lets it go on, or ends it; whatever state it is in, as long as it is open.
   * @returns undefined when there is no such replay; one that had ended comes back as it was
   */
  steer(
    organization: Prn<'organization'>,
    prn: Prn<'replay'>,
    to: 'paused' | 'resumed' | 'cancelled',
    author: Author,
    now: Date,
  ): Promise<ReplayEntity | undefined> {
    return this.database.transaction(async (manager) => {
      const replay = await manager.findOne(ReplayEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
      if (replay?.organizationPrn !== organization) return undefined;
      if (!OPEN_STATES.some((state) => state === replay.state)) return replay;
      const going: ReplayState = replay.dryRun ? 'counting' : 'running';
      const state = to === 'resumed' ? going : to;
      if (state === replay.state) return replay;
      return turn(manager, replay, state, `replay.${to}`, author, now);
    });
  }
}

/** Somebody's decision on one that is open, whose row is locked. */
export async function turn(
  manager: EntityManager,
  replay: ReplayEntity,
  state: ReplayState,
  action: AuditAction,
  author: Author,
  now: Date,
): Promise<ReplayEntity> {
  const { prn, organizationPrn: organization } = replay;
  const change = { state, reason: null, updatedAt: now, endedAt: state === 'cancelled' ? now : null };
  await manager.update(ReplayEntity, { prn }, change);
  await audit(manager, {
    author,
    organization,
    action,
    resource: prn,
    before: { state: replay.state, reason: replay.reason },
    after: { state, reason: null },
  });
  await wakeRunner(manager);
  return Object.assign(replay, change);
}

/**
 * In the transaction of whatever else belongs to it.
 * @returns undefined when the organization has `maxOpen` already that have not ended
 */
export async function insertReplay(
  manager: EntityManager,
  asked: NewReplay,
  maxOpen: number,
  author: Author,
  now: Date,
): Promise<ReplayEntity | undefined> {
  // Those who ask at once are counted one after the other.
  await manager.query('SELECT 1 FROM organizations WHERE prn = $1 FOR NO KEY UPDATE', [asked.organizationPrn]);
  const [row] = await manager.query<{ open: number }[]>(
    'SELECT count(*)::int AS open FROM replays WHERE organization_prn = $1 AND ended_at IS NULL',
    [asked.organizationPrn],
  );
  if ((row?.open ?? 0) >= maxOpen) return undefined;
  const replay: ReplayEntity = {
    ...asked,
    state: asked.dryRun ? 'counting' : 'running',
    reason: null,
    position: {},
    scanned: 0,
    matched: 0,
    sent: 0,
    skipped: 0,
    total: null,
    runner: null,
    insertedAt: now,
    updatedAt: now,
    startedAt: null,
    endedAt: null,
  };
  await manager.insert(ReplayEntity, replay);
  const { organizationPrn: organization, prn: resource } = asked;
  await audit(manager, { author, organization, action: 'replay.created', resource, after: asked });
  await wakeRunner(manager);
  return replay;
}

export async function wakeRunner(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [REPLAY_CHANNEL, '']);
}
