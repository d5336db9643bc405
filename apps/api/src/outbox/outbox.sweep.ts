import { Inject, Injectable } from '@nestjs/common';
import { isPrn } from '@fleethook/events';
import { configKey, eventTypeOfKey, type WebhookConfig } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import {
  ApiKeyQueries,
  apiKeyConfigOf,
  eventTypeConfigOf,
  EventTypeQueries,
  WebhookQueries,
  webhookConfigOf,
  type ApiKeyEntity,
  type EventTypeEntity,
  type WebhookEntity,
} from '@fleethook/store';
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
    private readonly eventTypes: EventTypeQueries,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @returns how many were sent again @throws StoreError */
  async run(mayGoOn: () => boolean): Promise<number> {
    // Read before PostgreSQL: what is in it and no longer there was deleted, and cannot merely be younger.
    const gone = new Set(this.view.keys());
    const settledBeforeMs = Date.now() - SETTLED_AFTER_MS;
    let republished = 0;
    let expired = 0;
    for await (const webhook of pages<WebhookEntity>((last) => this.webhooks.page(last?.prn ?? '', PAGE), mayGoOn)) {
      gone.delete(webhook.prn);
      const config = webhookConfigOf(webhook, Date.now());
      if (this.view.says(webhook.prn, config) || webhook.updatedAt.getTime() > settledBeforeMs) continue;
      if (this.#hasOnlyExpired(config)) expired++;
      await this.webhooks.republish(webhook.prn, this.view.get(webhook.prn)?.version);
      republished++;
    }
    for await (const key of pages<ApiKeyEntity>((last) => this.apiKeys.page(last?.prn ?? '', PAGE), mayGoOn)) {
      gone.delete(key.prn);
      if (this.view.says(key.prn, apiKeyConfigOf(key)) || key.updatedAt.getTime() > settledBeforeMs) continue;
      await this.apiKeys.republish(key.prn, this.view.get(key.prn)?.version);
      republished++;
    }
    for await (const type of pages<EventTypeEntity>((last) => this.eventTypes.page(last, PAGE), mayGoOn)) {
      const config = eventTypeConfigOf(type);
      const key = configKey(config);
      gone.delete(key);
      if (this.view.says(key, config) || type.updatedAt.getTime() > settledBeforeMs) continue;
      await this.eventTypes.republish(type, this.view.get(key)?.version);
      republished++;
    }
    for (const key of gone) {
      if (!mayGoOn()) break;
      const type = eventTypeOfKey(key);
      if (isPrn(key, 'webhook')) await this.webhooks.republish(key, undefined);
      else if (isPrn(key, 'api_key')) await this.apiKeys.republish(key, undefined);
      else if (type !== undefined)
        await this.eventTypes.republish({ organizationPrn: type.organization, name: type.name }, undefined);
      else continue;
      republished++;
    }
    if (expired > 0)
      this.log.info({ event: 'outbox.secrets_expired', expired }, 'Old secrets of webhooks have ended, as asked for');
    if (republished > expired)
      this.log.warn(
        { event: 'outbox.swept', republished: republished - expired },
        'The configuration topic differed from PostgreSQL',
      );
    return republished;
  }

  /** Nobody changed anything: of what the topic says, secrets have ended since. */
  #hasOnlyExpired(config: WebhookConfig): boolean {
    const seen = this.view.get(config.prn);
    if (seen?.kind !== 'webhook' || seen.secrets.length <= config.secrets.length) return false;
    return this.view.says(config.prn, { ...config, secrets: seen.secrets });
  }
}

/** Row by row, in the order of the key. Stopped half-way it throws: a half-read table must not look like deletions. */
async function* pages<T>(read: (last: T | undefined) => Promise<T[]>, mayGoOn: () => boolean): AsyncGenerator<T> {
  let last: T | undefined;
  for (;;) {
    const rows = await read(last);
    for (const row of rows) {
      if (!mayGoOn()) throw new SweepStopped();
      yield row;
    }
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

/** The lead was lost or the process stops; the next leader sweeps again. */
export class SweepStopped extends Error {
  override readonly name = 'SweepStopped';
}
