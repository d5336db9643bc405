import { newPrn } from '@fleethook/events';
import { TOPICS } from '@fleethook/messages';
import type { NewReplay, WebhookChange, WebhookEntity } from '@fleethook/store';
import { DEFAULT_RATE_PER_SECOND } from './replay-limits.js';

/** How exactly the moment of disabling and enabling is known to those who route and deliver. */
export const BOOKMARK = {
  /** What intake took so long before the bookmark may have been routed after it. What has been delivered since is left out. */
  routerLagMs: 300_000,
  /** Every router and delivery process knows of the enabling so long after we do. */
  settleMs: 5_000,
  /** The replay begins so long after its window's end, which is when we know of the enabling: the history says what was delivered by then. */
  delayMs: 10_000,
  /** Between the processes that write `webhook.dead`. */
  clockSkewMs: 60_000,
} as const;

/** What a webhook has missed while it was disabled, as far as the log goes back. @param change that enables it */
export function bookmarkReplay(webhook: WebhookEntity, change: WebhookChange, now: Date): NewReplay {
  const bookmark = webhook.disabledAt ?? webhook.updatedAt;
  const filter = change.filter === undefined ? webhook.filter : change.filter;
  return {
    prn: newPrn(webhook.organizationPrn, 'replay'),
    organizationPrn: webhook.organizationPrn,
    webhookPrn: webhook.prn,
    source: 'bookmark',
    from: new Date(Math.max(bookmark.getTime(), now.getTime() - TOPICS.events.retentionMs)),
    // As far as is known by now: see bookmark-windows.queries.ts.
    to: now,
    filter: {
      enabledEvents: change.enabledEvents ?? webhook.enabledEvents,
      ...(filter === null ? {} : { webhookFilter: filter }),
      notBefore: webhook.beginsAt.toISOString(),
      // A 410 ends what is under way as `gone` until every process knows that the webhook is disabled.
      deadReasons: webhook.disabledBy === 'gone' ? ['webhook_disabled', 'gone'] : ['webhook_disabled'],
    },
    ratePerSecond: DEFAULT_RATE_PER_SECOND,
    dryRun: false,
  };
}
