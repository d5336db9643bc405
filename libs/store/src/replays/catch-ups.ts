import { MoreThan, type EntityManager } from 'typeorm';
import type { Prn } from '@fleethook/events';
import type { Author } from '../audit/author.js';
import type { WebhookEntity } from '../entities/webhook.entity.js';
import { ReplayEntity } from './replay.entity.js';
import { turn, wakeRunner } from './replay.queries.js';

/**
 * In the transaction that enables a webhook from its bookmark: what an earlier bookmark was to make good, and had not when the webhook was
 * disabled again. What was passed over since by going on from now stays so.
 */
export async function resumeCatchUps(
  manager: EntityManager,
  { prn, beginsAt }: WebhookEntity,
  author: Author,
  now: Date,
): Promise<void> {
  const waiting = await manager.find(ReplayEntity, {
    where: {
      webhookPrn: prn,
      source: 'bookmark',
      state: 'paused',
      reason: 'webhook_disabled',
      insertedAt: MoreThan(beginsAt),
    },
    lock: { mode: 'pessimistic_write' },
  });
  for (const replay of waiting) await turn(manager, replay, 'running', 'replay.resumed', author, now);
}

/** In the transaction that enables a webhook from now: as if the run had found it disabled, which it may not have in so short a time. */
export async function passOverCatchUps(manager: EntityManager, webhook: Prn<'webhook'>, now: Date): Promise<void> {
  await manager.update(
    ReplayEntity,
    { webhookPrn: webhook, source: 'bookmark', state: 'running' },
    { state: 'paused', reason: 'webhook_disabled', updatedAt: now },
  );
  await wakeRunner(manager);
}
