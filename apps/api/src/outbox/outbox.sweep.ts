import { Inject, Injectable } from '@nestjs/common';
import { isPrn } from '@fleethook/events';
import { LOG, type Log } from '@fleethook/observability';
import { ApiKeyQueries, apiKeyConfigOf, WebhookQueries, webhookConfigOf } from '@fleethook/store';
import { ConfigView } from './config-view.js';

const PAGE = 500;
/** A change that is younger may still be on its way; the next sweep sees it. */
const SETTLED_AFTER_MS = 10_000;

/**
 * Compares what the topic says with what PostgreSQL holds, and sends again what differs: a stale write of a leader that was paused, a
 * topic that was recreated, a database restored from a backup, a secret that has expired. It writes to the outbox under the row's lock,
 * so it can never overtake a change.
 */
@Injectable()
export class OutboxSweep {
  constructor(
    private readonly view: ConfigView,
    private readonly webhooks: WebhookQueries,
    private readonly apiKeys: ApiKeyQueries,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @returns how many were sent again @throws StoreError */
  async run(mayGoOn: () => boolean): Promise<number> {
    // Read before PostgreSQL: what is in it and no longer there was deleted, and cannot merely be younger.
    const gone = new Set(this.view.keys());
    const settledBeforeMs = Date.now() - SETTLED_AFTER_MS;
    let republished = 0;
    for await (const webhook of pages((after) => this.webhooks.page(after, PAGE), mayGoOn)) {
      gone.delete(webhook.prn);
      const differs = !this.view.says(webhook.prn, webhookConfigOf(webhook, Date.now()));
      if (!differs || webhook.updatedAt.getTime() > settledBeforeMs) continue;
      await this.webhooks.republish(webhook.prn, this.view.get(webhook.prn)?.version);
      republished++;
    }
    for await (const key of pages((after) => this.apiKeys.page(after, PAGE), mayGoOn)) {
      gone.delete(key.prn);
      if (this.view.says(key.prn, apiKeyConfigOf(key)) || key.updatedAt.getTime() > settledBeforeMs) continue;
      await this.apiKeys.republish(key.prn, this.view.get(key.prn)?.version);
      republished++;
    }
    for (const prn of gone) {
      if (!mayGoOn()) break;
      if (isPrn(prn, 'webhook')) await this.webhooks.republish(prn, undefined);
      else if (isPrn(prn, 'api_key')) await this.apiKeys.republish(prn, undefined);
      else continue;
      republished++;
    }
    if (republished > 0)
      this.log.warn({ event: 'outbox.swept', republished }, 'The configuration topic differed from PostgreSQL');
    return republished;
  }
}

/** Row by row in the order of PRNs. Stopped half-way it throws: a half-read table must not look like deletions. */
async function* pages<T extends { prn: string }>(
  read: (after: string) => Promise<T[]>,
  mayGoOn: () => boolean,
): AsyncGenerator<T> {
  let after = '';
  for (;;) {
    const rows = await read(after);
    for (const row of rows) {
      if (!mayGoOn()) throw new SweepStopped();
      yield row;
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.prn ?? after;
  }
}

/** The lead was lost or the process stops; the next leader sweeps again. */
export class SweepStopped extends Error {
  override readonly name = 'SweepStopped';
}
