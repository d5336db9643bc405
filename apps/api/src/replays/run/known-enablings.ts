import { Injectable } from '@nestjs/common';
import { BookmarkWindows, type GoingReplay } from '@fleethook/store';
import { ConfigView } from '../../outbox/config-view.js';
import { BOOKMARK } from '../bookmark.js';

/**
 * Which webhooks are known to be enabled by those who route and deliver: we read the same topic. What is stored may take long to get
 * there, when no process relays it or Kafka is away; until then nothing new is routed, and what a replay sends would be given up.
 */
@Injectable()
export class KnownEnablings {
  constructor(
    private readonly windows: BookmarkWindows,
    private readonly view: ConfigView,
  ) {}

  /** From here on nothing is missed by those that have come to be known. @throws StoreError */
  async endWindows(): Promise<void> {
    for (const { prn, webhookPrn, version } of await this.windows.open())
      if (this.#isKnown(webhookPrn, version)) await this.windows.end(prn, new Date());
  }

  /** A run that would find its webhook disabled or gone waits for no topic, nor does one that only counts. */
  allow({ webhookPrn, source, insertedAt, enabledVersion, windowEnd }: GoingReplay): boolean {
    if (enabledVersion !== null && !this.#isKnown(webhookPrn, enabledVersion)) return false;
    if (source !== 'bookmark') return true;
    const settling = enabledVersion === null ? insertedAt : windowEnd;
    return settling !== null && Date.now() >= settling.getTime() + BOOKMARK.delayMs;
  }

  /** @param version of its configuration, or of a later one */
  #isKnown(webhook: string, version: number): boolean {
    const seen = this.view.get(webhook);
    return seen?.kind === 'webhook' && seen.state === 'enabled' && seen.version >= version;
  }
}
