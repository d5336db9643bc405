import type { EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import type { AuditAction } from './audit-action.js';
import type { Author } from './author.js';
import { differenceOf, masked, snapshotOf, storedJson } from './snapshot.js';

export interface AuditedChange {
  readonly author: Author;
  readonly organization: Prn<'organization'>;
  readonly action: AuditAction;
  /** PRN of what was changed, or the name of what has none. */
  readonly resource: string;
  /** The thing before; left out when there was none. An entity or a plain object: it is copied at once, and masked. */
  readonly before?: object | undefined;
  /** The thing after; left out when there is none any more. */
  readonly after?: object | undefined;
}

/**
 * Writes who changed what, in the transaction of the change itself: there is no change without its entry, and no entry without its
 * change. Call it with the transaction's manager, beside the write that it tells of:
 *
 *     await manager.insert(ThingEntity, thing);
 *     await audit(manager, { author, organization, action: 'thing.created', resource: thing.prn, after: thing });
 *
 * With both `before` and `after` only the fields that differ are kept. Secrets, hashes and headers are masked (snapshot.ts). Mind that
 * an entity that is changed in place is its own "before": take a copy first.
 */
export async function audit(transaction: EntityManager, change: AuditedChange): Promise<void> {
  const { author, organization, action, resource } = change;
  let before = change.before === undefined ? undefined : snapshotOf(change.before);
  let after = change.after === undefined ? undefined : snapshotOf(change.after);
  if (before !== undefined && after !== undefined) ({ before, after } = differenceOf(before, after));
  await transaction.query(
    `INSERT INTO audit_log (organization_prn, actor, action, resource_prn, before, after, request_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      organization,
      author.actor,
      action,
      resource,
      before === undefined ? null : storedJson(masked(before)),
      after === undefined ? null : storedJson(masked(after)),
      author.requestId,
    ],
  );
}
